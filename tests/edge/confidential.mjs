// What no log line and no answer of the gate may show: every secret, token and claim value that the tests of this
// process have made.

const kept = { secret: new Map(), token: new Map(), claim: new Map() };

/** Shorter texts turn up by chance: in a request id, in a word of a sentence. */
const SHORTEST = 8;

/** Keeps the secret of a key, in every spelling in which it could get out. */
export function confideSecret(bytes, label) {
  const secret = Buffer.from(bytes);
  const base64 = secret.toString("base64");
  const spellings = [base64, base64.replace(/=+$/, ""), secret.toString("base64url"), secret.toString("hex")];
  for (const text of [...spellings, secret.toString("hex").toUpperCase(), secret.toString("utf8")]) {
    keep("secret", text, label);
    keep("secret", JSON.stringify(text).slice(1, -1), label);
  }
}

/** Keeps a token, and its payload and signature by themselves. Its header is the same for all. */
export function confideToken(token, label = "a token") {
  const [, payload = "", signature = ""] = token.split(".");
  keep("token", token, label);
  keep("token", payload, `${label}'s payload`);
  keep("token", signature, `${label}'s signature`);
}

/** Keeps every text and every time among the claims, at any depth. */
export function confideClaims(value, name = "a claim") {
  if (typeof value === "string") {
    for (const text of [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]) keep("claim", text, name);
  } else if (typeof value === "number" && Math.abs(value) >= 1e8) {
    keep("claim", String(value), name);
  } else if (typeof value === "object" && value !== null) {
    for (const [member, inner] of Object.entries(value)) confideClaims(inner, `the claim ${member}`);
  }
}

function keep(kind, text, label) {
  if (text.length >= SHORTEST) kept[kind].set(text, label);
}

/** What of these kinds (default: all) a text shows, by label, without showing it again. */
export function leaks(text, kinds = Object.keys(kept)) {
  const shown = kinds.flatMap((kind) => [...kept[kind]].filter(([value]) => text.includes(value)));
  return [...new Set(shown.map(([, label]) => label))];
}

/** How many values are looked for. */
export function confided() {
  return Object.values(kept).reduce((sum, values) => sum + values.size, 0);
}
