import { html, type Child } from "./elements.js";

/** A part of the report that screen readers list by its heading. `name` is also its `part`. */
export function section(name: string, heading: string, ...children: readonly Child[]): HTMLElement {
  return html(
    "section",
    { class: name, part: name, "aria-labelledby": `${name}-heading` },
    html("h3", { id: `${name}-heading` }, heading),
    ...children,
  );
}
