/**
 * What JavaScript may hand over, checked. TypeScript's word is not taken for it: a misspelt `audience` must not open a door.
 * Messages name types and members, never a value.
 */
import type { Context, TokenKind } from "./contract.js";

/** More would take the memory of the page, and no token comes near it. The same as the command line's. */
const MOST_CHARACTERS = 4 * 1024 * 1024;

/** The token as it is: what is wrong with its text is for the verdict to say. */
export function tokenText(token: unknown): string {
  if (typeof token !== "string") throw new TypeError(`edgewarden: the token must be a string, not ${typeName(token)}`);
  if (token.length <= MOST_CHARACTERS) return token;
  throw new RangeError(`edgewarden: a text of ${token.length} characters is no token (at most ${MOST_CHARACTERS})`);
}

/** `object`, in which nothing but the named members may stand. Absent ones may be `undefined`. */
export function members<T extends object>(what: string, object: unknown, known: readonly (keyof T & string)[]): Partial<Record<keyof T, unknown>> {
  if (object === undefined) return {};
  if (typeof object !== "object" || object === null || Array.isArray(object)) {
    throw new TypeError(`edgewarden: ${what} must be an object, not ${typeName(object)}`);
  }
  for (const name of Object.keys(object)) {
    if ((known as readonly string[]).includes(name)) continue;
    throw new TypeError(`edgewarden: ${what}: there is no member ${JSON.stringify(name.slice(0, 40))} (known: ${known.join(", ")})`);
  }
  return object as Partial<Record<keyof T, unknown>>;
}

/** A time in seconds since 1970; the clock's where there is none. */
export function timeOrNow(name: string, time: unknown): number {
  return time === undefined ? Date.now() / 1000 : seconds(name, time);
}

/** 0001-01-01 to 9999-12-31, the same as `NumericDate`. */
const EARLIEST = -62_135_596_800;
const LATEST = 253_402_300_799;

function seconds(name: string, time: unknown): number {
  if (typeof time !== "number") {
    throw new TypeError(`edgewarden: ${name} must be a number of seconds since 1970, not ${typeName(time)}`);
  }
  if (time >= EARLIEST && time <= LATEST) return time;
  throw new RangeError(`edgewarden: ${name} must be seconds since 1970 (Date.now() is in milliseconds: divide it by 1000)`);
}

export function kindOf(kind: unknown): TokenKind {
  if (kind === undefined || kind === "access") return "access";
  if (kind === "refresh") return kind;
  throw new TypeError('edgewarden: kind must be "access" or "refresh"');
}

/** Scope tokens, separated by spaces. */
export function scopeText(scope: unknown): string {
  if (scope === undefined) return "";
  const words = Array.isArray(scope) ? scope : [scope];
  if (words.every((word) => typeof word === "string")) return words.join(" ");
  throw new TypeError("edgewarden: scope must be a string or an array of strings");
}

/** A key set as JSON text. A text is handed on as it is written, so that the strict reader sees what stands there. */
export function keySetText(name: string, keys: unknown): string {
  if (typeof keys === "string") {
    if (isJson(keys)) return keys;
    throw new TypeError(`edgewarden: ${name} is a string but not JSON; a JWK Set is expected, as an object or as its JSON text`);
  }
  if (typeof keys === "object" && keys !== null) return jsonText(name, keys);
  throw new TypeError(`edgewarden: ${name} must be a JWK Set ({ keys: [...] }) or its JSON text, not ${typeName(keys)}`);
}

/** A context as the core reads it. */
export function contextText(context: unknown): string {
  const { accessKeys, refreshKeys, policy, now, serverNow, kind, scope } = members<Context>("the context", context, [
    "accessKeys",
    "refreshKeys",
    "policy",
    "now",
    "serverNow",
    "kind",
    "scope",
  ]);
  return jsonText("the context", {
    access_keys: accessKeys,
    refresh_keys: refreshKeys,
    policy,
    now: timeOrNow("now", now),
    server_now: serverNow === undefined ? undefined : seconds("serverNow", serverNow),
    kind: kindOf(kind),
    scope: scopeText(scope),
  });
}

/** An object as JSON text. */
export function jsonText(name: string, object: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(object);
  } catch {
    // A cycle or a bigint; the reader's own message may show a value.
  }
  if (text === undefined) throw new TypeError(`edgewarden: ${name} must be JSON`);
  return text;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return value === undefined ? "undefined" : `a value of type ${typeof value}`;
}
