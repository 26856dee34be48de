import { svg } from "./elements.js";

/** Shapes, so that colour is not needed to tell them apart. */
const SHAPES: Readonly<Record<string, string>> = {
  passed: "M4 8.5 7 11.5 12.5 5",
  failed: "M4.5 4.5 11.5 11.5 M11.5 4.5 4.5 11.5",
  not_reached: "M4.5 8 H11.5",
  not_checked: "M6 6.2 a2 2 0 1 1 2.6 2 q-.6.25 -.6 1.1 M8 11.6 v.1",
  warning: "M8 4 V9 M8 11.6 v.1",
  note: "M8 7.2 V12 M8 4.4 v.1",
};

/** Says nothing to a screen reader: the outcome stands beside it as text. */
export function outcomeIcon(shape: string): SVGElement {
  return svg(
    "svg",
    { class: `icon ${shape}`, viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true", focusable: "false" },
    svg("circle", { cx: 8, cy: 8, r: 7.25 }),
    svg("path", { d: SHAPES[shape] ?? "M4.5 8 H11.5" }),
  );
}
