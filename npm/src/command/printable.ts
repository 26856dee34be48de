/** Answers for people. What could move a terminal's cursor, hide or reorder text is shown as its escape. */

const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

/** `text` as one line of visible characters. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (unit) => unit.split("").map((half) => `\\u${half.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""));
}

/** Compact JSON over several lines. It is laid out as text, so that numbers stay as they were written. */
export function indented(json: string): string {
  let depth = 0;
  const line = (): string => `\n${"  ".repeat(depth)}`;
  return json.replace(/"(?:[^"\\]|\\.)*"|[{[][\]}]|[{}[\],:]/g, (piece) => {
    if (piece === "{" || piece === "[") {
      depth += 1;
      return piece + line();
    }
    if (piece === "}" || piece === "]") {
      depth -= 1;
      return line() + piece;
    }
    if (piece === ",") return piece + line();
    return piece === ":" ? ": " : piece;
  });
}

/** The text of a member of a compact JSON object. */
export function memberText(json: string, name: string): string {
  let depth = 0;
  let key = "";
  let start = 0;
  for (const { 0: piece, index } of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g)) {
    if (piece === "{" || piece === "[") depth += 1;
    if (depth === 1 && piece === ":") start = index + 1;
    else if (depth === 1 && (piece === "," || piece === "}")) {
      if (key === `"${name}"`) return json.slice(start, index);
      start = 0;
    } else if (depth === 1 && start === 0) key = piece;
    if (piece === "}" || piece === "]") depth -= 1;
  }
  return "null";
}
