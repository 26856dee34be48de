import { html, type Child } from "./elements.js";
import { fromNow, humanTime, isInMilliseconds } from "./human_time.js";
import { section } from "./section.js";
import { shortened, visible } from "./visible_text.js";
import { numberOf } from "./verbatim.js";
import { CLAIMS, HEADER_PARAMETERS } from "./words.js";

const MOST_MEMBERS = 200;
const MOST_SHOWN = 2000;

/** The claims that are times by their definition (RFC 7519 §4.1, OpenID Connect Core §2 and §5.1). */
const TIMES = new Set(["exp", "nbf", "iat", "auth_time", "updated_at"]);

type Members = Readonly<Record<string, unknown>> | null;

/** The header's parameters. */
export function headerView(header: Members): HTMLElement {
  return section("header", "Header", list(header, HEADER_PARAMETERS, () => undefined));
}

/** The claims, times also as people read them. */
export function claimsView(claims: Members, now: number): HTMLElement {
  const reading = (name: string, value: unknown): Child => (TIMES.has(name) ? timeReading(value, now) : undefined);
  return section("claims", "Claims", list(claims, CLAIMS, reading));
}

function list(
  members: Members,
  meanings: Readonly<Record<string, string>>,
  reading: (name: string, value: unknown) => Child,
): HTMLElement {
  if (!members) return html("p", { class: "nothing" }, "Could not be read.");
  const entries = Object.entries(members);
  if (entries.length === 0) return html("p", { class: "nothing" }, "Empty.");
  const shown = entries.slice(0, MOST_MEMBERS).map(([name, value]) =>
    html(
      "div",
      { class: "member", part: "member" },
      html(
        "dt",
        {},
        html("code", {}, visible(name.slice(0, MOST_SHOWN))),
        Object.hasOwn(meanings, name) && html("small", {}, meanings[name]),
      ),
      html("dd", {}, ...valueText(value), reading(name, value)),
    ),
  );
  const left = entries.length - shown.length;
  const rest = html("div", { class: "member" }, html("dt", {}, "…"), html("dd", {}, `${left.toLocaleString("en")} more`));
  return html("dl", {}, ...shown, left > 0 && rest);
}

/** As JSON, so that the text "1" and the number 1 look different. */
function valueText(value: unknown): readonly Child[] {
  const json = JSON.stringify(value, null, 2) ?? "";
  const { head, left, tail } = shortened(json, MOST_SHOWN);
  const kind = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  // Line breaks are the pretty-printer's own; those of a text are spelt out by JSON.
  const code = html("code", { class: `value ${kind}` }, ...head.split("\n").flatMap(lines), left > 0 && "…" + visible(tail));
  return [code, left > 0 && html("small", {}, `${left.toLocaleString("en")} characters left out`)];
}

function lines(line: string, index: number): string[] {
  return index === 0 ? [visible(line)] : ["\n" + visible(line)];
}

function timeReading(value: unknown, now: number): Child {
  const number = typeof value === "string" && /^\d{1,16}(\.\d+)?$/.test(value) ? Number(value) : numberOf(value);
  if (number === undefined) return undefined;
  const milliseconds = isInMilliseconds(number);
  const seconds = milliseconds ? number / 1000 : number;
  const time = humanTime(seconds);
  if (!time) return html("small", {}, "beyond every calendar");
  return html(
    "span",
    { class: "reading" },
    html("span", { class: "relative" }, fromNow(seconds, now)),
    html("time", { datetime: time.iso }, time.utc),
    time.local !== undefined && html("span", {}, time.local),
    milliseconds && html("em", {}, "read as milliseconds"),
    typeof value === "string" && html("em", {}, "a text, not a number"),
  );
}
