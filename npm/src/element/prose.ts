import { html } from "./elements.js";

/** A sentence of the report: what stands between backticks is set as code. Still text, whatever it holds. */
export function prose(text: string): (Node | string)[] {
  const parts = text.split("`");
  // A backtick without its partner is one that somebody wrote.
  if (parts.length % 2 === 0) return [text];
  return parts.map((part, index) => (index % 2 === 1 ? html("code", {}, part) : part)).filter((part) => part !== "");
}
