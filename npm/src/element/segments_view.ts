import { html } from "./elements.js";
import { section } from "./section.js";
import { tokenPieces, type TokenPiece } from "./token_pieces.js";
import { shortened, visible, visibleSpace } from "./visible_text.js";

/** More of one segment than this is not read by anyone. */
const MOST_SHOWN = 1200;

const LABELS: Readonly<Record<TokenPiece["role"], string>> = {
  before: "In front of it",
  header: "Header",
  payload: "Payload",
  signature: "Signature",
  extra: "More segments",
  unknown: "Text",
  after: "Behind it",
};

/** The token as it was pasted, one row for each segment. */
export function segmentsView(pasted: string): HTMLElement {
  const rows = tokenPieces(pasted).map(({ role, text }) =>
    html(
      "div",
      { class: `segment ${role}`, part: `segment ${role}` },
      html("dt", {}, LABELS[role], html("small", {}, counted(text.length))),
      html("dd", {}, ...shownPiece(role, text)),
    ),
  );
  return section("token", "Token", html("dl", { class: "segments" }, ...rows));
}

function shownPiece(role: TokenPiece["role"], text: string): readonly (Node | string)[] {
  if (!text) return [html("em", {}, "empty")];
  const spelt = role === "before" || role === "after" ? visibleSpace : visible;
  const { head, left, tail } = shortened(text, MOST_SHOWN);
  const start = html("code", {}, spelt(head));
  if (left === 0) return [start];
  return [start, html("em", {}, ` … ${left.toLocaleString("en")} more … `), html("code", {}, spelt(tail))];
}

function counted(length: number): string {
  return length === 1 ? "1 character" : `${length.toLocaleString("en")} characters`;
}
