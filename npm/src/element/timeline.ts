import type { Report } from "./contract.js";
import { html, svg } from "./elements.js";
import { fromNow, humanTime, shortDuration } from "./human_time.js";
import { section } from "./section.js";
import { timelineScale, type Placed, type Times } from "./timeline_scale.js";

const HEIGHT = 138;
const LINE = 69;
const MARGIN = 48;
const LABEL = 104;

/** When the token is good, as a picture and as a sentence. Nothing where it says no time at all. */
export function timeline(times: Report["times"], width: number): HTMLElement | undefined {
  if (times.iat === undefined && times.nbf === undefined && times.exp === undefined) return undefined;
  const sentence = told(times);
  return section(
    "timeline",
    "Timeline",
    html("figure", {}, picture(times, Math.max(width, 280), sentence), html("figcaption", {}, sentence)),
  );
}

function picture(times: Times, width: number, sentence: string): SVGElement {
  const left = MARGIN;
  const right = width - MARGIN;
  const { moments, good, tolerated, gaps } = timelineScale(times, left, right, Math.min(LABEL, width / 3), MARGIN);
  const bar = (name: string, span: { from: number | undefined; to: number | undefined }, height: number): SVGElement => {
    const from = span.from ?? 0;
    const to = span.to ?? width;
    return svg("rect", { class: name, x: from, y: LINE - height / 2, width: Math.max(to - from, 0), height, rx: 3 });
  };
  return svg(
    "svg",
    { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: "img", "aria-label": `Timeline, not to scale. ${sentence}` },
    bar("tolerated", tolerated, 18),
    bar("good", good, 18),
    svg("line", { class: "axis", x1: 0, x2: width, y1: LINE, y2: LINE }),
    ...gaps.flatMap(({ x, room, seconds }) => {
      const text = shortDuration(seconds);
      // Where a length has no room, the labels of its two ends say enough.
      return room < text.length * 7 + 8 ? [] : [
        svg("rect", { class: "gap-room", x: x - text.length * 3.6 - 3, y: LINE - 8, width: text.length * 7.2 + 6, height: 16, rx: 3 }),
        svg("text", { class: "gap", x, y: LINE + 4 }, text),
      ];
    }),
    ...moments.map((moment) => mark(moment, times.now)),
  );
}

function mark({ names, at, side, x, labelX }: Placed, now: number): SVGElement {
  const up = side === "above";
  const reach = up ? LINE - 24 : LINE + 24;
  const name = up ? reach - 18 : reach + 14;
  const isNow = names.includes("now");
  return svg(
    "g",
    { class: `moment ${up ? "clock" : "claim"}` },
    svg("path", { d: `M${x} ${LINE} V${up ? LINE - 13 : LINE + 13} L${labelX} ${reach}` }),
    up ? svg("circle", { cx: x, cy: LINE, r: 4.5 }) : svg("path", { class: "tick", d: `M${x} ${LINE - 9} V${LINE + 9}` }),
    svg("text", { class: "moment-name", x: labelX, y: name }, names.join(" · ")),
    svg("text", { class: "moment-when", x: labelX, y: name + 14 }, isNow ? clockTime(at) : fromNow(at, now)),
  );
}

function clockTime(at: number): string {
  return humanTime(at)?.utc.slice(11) ?? "";
}

function told({ iat, nbf, exp, now, server_now, leeway }: Times): string {
  const parts = [
    iat !== undefined && `issued ${fromNow(iat, now)}`,
    nbf !== undefined && nbf !== iat && `valid from ${momentOf(nbf)} (${fromNow(nbf, now)})`,
    exp === undefined ? "no end" : `${exp > now ? "expires" : "expired"} ${fromNow(exp, now)}`,
    iat !== undefined && exp !== undefined && exp > iat && `made to last ${shortDuration(exp - iat)}`,
    `leeway ${shortDuration(leeway)}`,
    server_now !== null && server_now !== now && `the server's clock is ${shortDuration(Math.abs(server_now - now))} ${server_now > now ? "ahead" : "behind"}`,
  ].filter((part) => part !== false);
  const text = parts.join(", ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function momentOf(at: number): string {
  return humanTime(at)?.utc ?? "a time beyond every calendar";
}
