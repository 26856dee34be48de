// What people paste as "the key": a JWK Set, one JWK, or the bare secret out of an `.env` file.

/** RFC 7518 §3.2: an HMAC secret is at least as long as its hash, in bytes. */
const LEAST: Readonly<Record<string, number>> = { HS256: 32, HS384: 48, HS512: 64 };

/** In seconds. A key that outlives every token draws no remark of its own. */
const YEAR_3000 = 32_503_680_000;

export interface KeySet {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

export interface KeyText {
  readonly set?: KeySet;
  /** What was understood, or what is wrong. Never a part of a secret. */
  readonly note: string;
  readonly isWrong: boolean;
}

/** `alg` is the algorithm that the token names: a bare secret has none of its own. */
export function keyText(text: string, alg: string | undefined): KeyText {
  const trimmed = text.trim();
  if (!trimmed) return { note: "", isWrong: false };
  return trimmed.startsWith("{") || trimmed.startsWith("[") ? fromJson(trimmed) : fromSecret(text, alg);
}

function fromJson(text: string): KeyText {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { note: "This begins like JSON and is none: a bracket, a quote or a comma is missing.", isWrong: true };
  }
  const keys = keysOf(value);
  if (!keys) return { note: "A JWK Set is an object with an array “keys” of objects.", isWrong: true };
  return { set: { keys }, note: counted(keys), isWrong: false };
}

function keysOf(value: unknown): KeySet["keys"] | undefined {
  const listed = Array.isArray(value) ? value : isObject(value) && "kty" in value ? [value] : isObject(value) ? value["keys"] : undefined;
  return Array.isArray(listed) && listed.every(isObject) ? listed : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function counted(keys: KeySet["keys"]): string {
  const names = keys.map(({ kid, alg }) => [typeof kid === "string" ? kid : "without kid", typeof alg === "string" ? alg : "without alg"].join(" "));
  const shown = names.slice(0, 6).join(", ") + (names.length > 6 ? ", …" : "");
  return `${keys.length === 1 ? "1 key" : `${keys.length} keys`}: ${shown}`;
}

/** A secret that is too short is marked weak, so that its tokens can be looked into. Such a key has to end some day. */
function fromSecret(secret: string, alg: string | undefined): KeyText {
  const bytes = new TextEncoder().encode(secret);
  const algorithm = alg !== undefined && Object.hasOwn(LEAST, alg) ? alg : "HS256";
  const least = LEAST[algorithm] ?? 32;
  const isShort = bytes.length < least;
  const key = {
    kty: "oct",
    alg: algorithm,
    k: base64url(bytes),
    ...(isShort && { "edgewarden:weak": true, exp: YEAR_3000 }),
  };
  const note = `A bare secret of ${bytes.length} bytes, taken for ${algorithm}${isShort ? `, which wants at least ${least}` : ""}`;
  return { set: { keys: [key] }, note, isWrong: false };
}

export function base64url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
