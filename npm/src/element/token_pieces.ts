// Where a pasted text has its header, payload and signature, for the eye only: it is the core that judges.

/** What stands around a token when it is copied from a header, a config file or a chat. */
const BEFORE = /^(?:\s|["'`]|authorization\s*:|bearer\s)*/i;
const AFTER = new Set([..." \t\r\n\"'`,;"]);

export interface TokenPiece {
  readonly role: "before" | "header" | "payload" | "signature" | "extra" | "unknown" | "after";
  readonly text: string;
}

/** The pieces in their order, without the dots. Empty ones are left out, but for those of a token. */
export function tokenPieces(pasted: string): TokenPiece[] {
  const before = BEFORE.exec(pasted)?.[0] ?? "";
  let end = pasted.length;
  while (end > before.length && AFTER.has(pasted.charAt(end - 1))) end -= 1;
  const token = pasted.slice(before.length, end);
  return [
    ...(before ? [{ role: "before", text: before } as const] : []),
    ...segments(token),
    ...(end < pasted.length ? [{ role: "after", text: pasted.slice(end) } as const] : []),
  ];
}

function segments(token: string): TokenPiece[] {
  if (!token) return [];
  const first = token.indexOf(".");
  if (first < 0) return [{ role: "unknown", text: token }];
  const second = token.indexOf(".", first + 1);
  const header = { role: "header", text: token.slice(0, first) } as const;
  if (second < 0) return [header, { role: "payload", text: token.slice(first + 1) }];
  const third = token.indexOf(".", second + 1);
  const pieces: TokenPiece[] = [
    header,
    { role: "payload", text: token.slice(first + 1, second) },
    { role: "signature", text: token.slice(second + 1, third < 0 ? undefined : third) },
  ];
  return third < 0 ? pieces : [...pieces, { role: "extra", text: token.slice(third + 1) }];
}
