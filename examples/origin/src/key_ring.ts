// The secrets that sign tokens, as two rings: one for access tokens, one for refresh tokens. A ring is a JWK Set
// (RFC 7517), newest key first. The gate reads the same sets and the same members, so that both rotate together.

import { decodeBase64url } from "./base64url.ts";

export interface Key {
  /** How the ledger names this key: its `kid`, or a name computed from it where it has none. */
  id: string;
  /** Goes into the token's header. Without one, a verifier tries its keys in order. */
  kid: string | undefined;
  algorithm: Algorithm;
  secret: CryptoKey;
  maySign: boolean;
  mayVerify: boolean;
  revoked: boolean;
  /** Seconds since 1970: not used before, not used from then on, not used to sign from then on. */
  notBefore: number;
  expires: number;
  signUntil: number;
}

export type KeyRing = readonly Key[];
export type Algorithm = keyof typeof HASHES;

/** The newest key that may sign now. */
export function signingKey(ring: KeyRing, now: number): Key | undefined {
  return ring.find((key) => key.maySign && isActive(key, now) && now < key.signUntil);
}

/** The key that signed something earlier, for signing the same again. One that has only stopped signing still may: what
 *  it repeats dates from before it stopped. */
export function keyForRepeating(ring: KeyRing, id: string, now: number): Key | undefined {
  return ring.find((key) => key.id === id && key.maySign && isActive(key, now));
}

/** The keys to try on a token: the one it names, or all of them when it names none that is known. */
export function verifyingKeys(ring: KeyRing, kid: string | undefined, now: number): KeyRing {
  const named = kid === undefined ? undefined : ring.find((key) => key.kid === kid);
  const candidates = named === undefined ? ring : [named];
  return candidates.filter((key) => key.mayVerify && isActive(key, now));
}

function isActive(key: Key, now: number): boolean {
  return !key.revoked && key.notBefore <= now && now < key.expires;
}

// ---------------------------------------------------------------------------------------------------------------------
// Reading the rings

const HASHES = { HS256: "SHA-256", HS384: "SHA-384", HS512: "SHA-512" } as const;
// RFC 7518 §3.2: an HMAC key must be at least as long as the hash.
const LEAST_BYTES: Record<Algorithm, number> = { HS256: 32, HS384: 48, HS512: 64 };

type RingName = "access" | "refresh";
type KeyEnv = Partial<Record<`${Uppercase<RingName>}_${"KEYS" | "SECRET" | "SECRET_PREVIOUS"}`, string>>;
/** A key before it is imported: the only form in which the secret's bytes are in this program's hands. */
type ReadKey = Omit<Key, "id" | "secret"> & { bytes: Uint8Array; weak: boolean };

export interface KeyRings {
  access: KeyRing;
  refresh: KeyRing;
  /** Codes, empty when both rings are usable. */
  problems: string[];
}

export async function readKeyRings(env: KeyEnv): Promise<KeyRings> {
  const problems: string[] = [];
  const access = readRing(env, "access", problems);
  const refresh = readRing(env, "refresh", problems);
  // One secret for both would let an access token pass for a refresh token wherever only the signature is looked at.
  // While a legacy secret is being phased out it may be in both, if every copy has an end.
  const shared = access.some((a) => refresh.some((r) => sameBytes(a.bytes, r.bytes) && !(hasEnd(a) && hasEnd(r))));
  if (shared) {
    problems.push("secret_shared_between_rings");
  }
  return problems.length > 0
    ? { access: [], refresh: [], problems }
    : { access: await importRing(access), refresh: await importRing(refresh), problems };
}

function readRing(env: KeyEnv, ring: RingName, problems: string[]): ReadKey[] {
  const upper = ring.toUpperCase() as Uppercase<RingName>;
  const set = env[`${upper}_KEYS`];
  const secret = env[`${upper}_SECRET`];
  const previous = env[`${upper}_SECRET_PREVIOUS`];
  const problem = (code: string): void => {
    problems.push(`${ring}_keys_${code}`);
  };

  if (set && (secret || previous)) {
    problem("ambiguous"); // a set and a bare secret: which of the two did they mean?
    return [];
  }
  const keys = set ? readJwkSet(set, problem) : readBareSecrets(secret, previous);
  if (keys === undefined) {
    return [];
  }
  if (keys.length === 0) {
    problem("missing");
  }
  const kids = keys.flatMap((key) => key.kid ?? []);
  if (new Set(kids).size !== kids.length) {
    problem("duplicate_kid");
  }
  // A weak secret may be carried over a rotation, never kept.
  if (keys.some((key) => key.bytes.length < LEAST_BYTES[key.algorithm] && !(key.weak && hasEnd(key)))) {
    problem("secret_too_short");
  }
  return keys;
}

function readBareSecrets(secret: string | undefined, previous: string | undefined): ReadKey[] {
  if (!secret) {
    return []; // a previous secret alone signs nothing
  }
  const bare = (text: string): ReadKey => ({
    kid: undefined,
    algorithm: "HS256",
    maySign: true,
    mayVerify: true,
    revoked: false,
    notBefore: -Infinity,
    expires: Infinity,
    signUntil: Infinity,
    bytes: new TextEncoder().encode(text),
    weak: false,
  });
  return [bare(secret), ...(previous ? [bare(previous)] : [])]; // the newest signs
}

/** `undefined` when the set is not usable, after `problem` was told why. */
function readJwkSet(json: string, problem: (code: string) => void): ReadKey[] | undefined {
  let set: unknown;
  try {
    set = JSON.parse(json);
  } catch {
    problem("not_json"); // the parser's own words would quote the secret
    return undefined;
  }
  const jwks: unknown = isObject(set) ? set["keys"] : undefined;
  if (!Array.isArray(jwks) || !jwks.every(isObject)) {
    problem("not_a_jwk_set");
    return undefined;
  }
  const keys: ReadKey[] = [];
  for (const jwk of jwks) {
    if (jwk["kty"] !== "oct") {
      continue; // the public half of a key that other issuers sign with: not for this one
    }
    const key = readJwk(jwk);
    if (typeof key === "string") {
      problem(key);
      return undefined;
    }
    keys.push(key);
  }
  return keys;
}

/** The key, or the code of what is wrong with it. */
function readJwk(jwk: Record<string, unknown>): ReadKey | string {
  const { alg, kid, use, key_ops: operations, k, nbf, exp, revoked } = jwk;
  const signUntil = jwk["edgewarden:sign_until"];
  if (typeof alg !== "string" || !Object.hasOwn(HASHES, alg)) {
    return "algorithm_unsupported";
  }
  if (kid !== undefined && (typeof kid !== "string" || kid === "")) {
    return "kid_malformed";
  }
  const bytes = typeof k === "string" ? decodeBase64url(k) : undefined;
  if (bytes === undefined || bytes.length === 0) {
    return "secret_malformed";
  }
  if (![nbf, exp, signUntil].every((time) => time === undefined || typeof time === "number")) {
    return "time_malformed";
  }
  if (operations !== undefined && !Array.isArray(operations)) {
    return "key_ops_malformed";
  }
  const isFor = (operation: string): boolean =>
    (use === undefined || use === "sig") && (operations === undefined || operations.includes(operation));
  return {
    kid,
    algorithm: alg as Algorithm,
    maySign: isFor("sign"),
    mayVerify: isFor("verify"),
    revoked: revoked !== undefined && revoked !== null,
    notBefore: (nbf as number | undefined) ?? -Infinity,
    expires: (exp as number | undefined) ?? Infinity,
    signUntil: (signUntil as number | undefined) ?? Infinity,
    bytes,
    weak: jwk["edgewarden:weak"] === true,
  };
}

function importRing(keys: ReadKey[]): Promise<Key[]> {
  return Promise.all(
    keys.map(async ({ bytes, weak: _, ...key }) => {
      const algorithm = { name: "HMAC", hash: HASHES[key.algorithm] };
      const secret = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign", "verify"]);
      return { ...key, secret, id: key.kid ?? (await nameOf(secret)) };
    }),
  );
}

/** A name for a key that has none. It tells two keys apart, and gives away no more than a signature would. */
async function nameOf(secret: CryptoKey): Promise<string> {
  const mac = await crypto.subtle.sign("HMAC", secret, new TextEncoder().encode("the name of this key"));
  const hex = [...new Uint8Array(mac, 0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `unnamed-${hex}`;
}

function hasEnd(key: ReadKey): boolean {
  return key.expires !== Infinity;
}

// Compares the operator's own secrets with each other when the configuration is read: no caller can time it.
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
