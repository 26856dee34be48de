// JWTs (RFC 7519) in compact serialisation (RFC 7515 §7.1), signed and verified with HMAC through WebCrypto.

import { decodeBase64url, encodeBase64url } from "./base64url.ts";
import { type Key, type KeyRing, verifyingKeys } from "./key_ring.ts";

/** An access token's claims, RFC 9068 §2.2. Times are seconds since 1970. */
export interface AccessClaims {
  iss: string;
  aud: string;
  sub: string;
  client_id?: string;
  iat: number;
  exp: number;
  jti: string;
  scope: string;
  token_use: "access";
}

export interface RefreshClaims {
  iss: string;
  aud: string;
  sub: string;
  iat: number;
  exp: number;
  jti: string;
  token_use: "refresh";
}

// Different types and different rings, so that neither kind passes for the other.
const ACCESS_TYPE = "at+jwt";
const REFRESH_TYPE = "rt+jwt";

const LARGEST_TOKEN = 8 * 1024;
/** Seconds by which the clocks of two servers with the same keys may be apart. */
const LEEWAY = 30;

export function signAccessToken(key: Key, claims: AccessClaims): Promise<string> {
  return sign(key, ACCESS_TYPE, claims);
}

export function signRefreshToken(key: Key, claims: RefreshClaims): Promise<string> {
  return sign(key, REFRESH_TYPE, claims);
}

// The same key and claims always give the same bytes: HMAC is deterministic, and members are written in the order in
// which the callers list them. Answering a repeated question with the same pair rests on this.
async function sign(key: Key, typ: string, claims: object): Promise<string> {
  // JSON leaves out `kid` where it is undefined.
  const input = `${encodeJson({ alg: key.algorithm, typ, kid: key.kid })}.${encodeJson(claims)}`;
  const signature = await crypto.subtle.sign("HMAC", key.secret, new TextEncoder().encode(input));
  return `${input}.${encodeBase64url(new Uint8Array(signature))}`;
}

/** The claims of a genuine refresh token, or why it is none. One that has expired is still genuine: a session may be
 *  ended with it. */
export type Verified = { claims: RefreshClaims; expired: boolean } | { reason: string };

export async function verifyRefreshToken(
  token: string,
  ring: KeyRing,
  expected: { issuer: string; audience: string },
  now: number,
): Promise<Verified> {
  const segments = token.length <= LARGEST_TOKEN ? token.split(".") : [];
  if (segments.length !== 3) {
    return { reason: "malformed_token" };
  }
  const [header64, payload64, signature64] = segments as [string, string, string];
  const header = decodeJson(header64);
  const signature = decodeBase64url(signature64);
  if (header === undefined || signature === undefined) {
    return { reason: "malformed_token" };
  }
  if ("crit" in header || "b64" in header) {
    return { reason: "critical_header_unsupported" };
  }
  if (typeof header["typ"] !== "string" || header["typ"].toLowerCase() !== REFRESH_TYPE) {
    return { reason: "type_mismatch" };
  }

  const kid = typeof header["kid"] === "string" ? header["kid"] : undefined;
  const key = await keyThatSigned(`${header64}.${payload64}`, signature, header["alg"], verifyingKeys(ring, kid, now));
  if (key === undefined) {
    return { reason: "signature_mismatch" };
  }

  const claims = decodeJson(payload64);
  if (claims === undefined || !isRefreshClaims(claims)) {
    return { reason: "malformed_claims" };
  }
  if (claims.iat > key.signUntil + LEEWAY) {
    // Someone who got hold of a secret that this server no longer signs with.
    return { reason: "key_retired" };
  }
  if (claims.iss !== expected.issuer) {
    return { reason: "issuer_mismatch" };
  }
  if (claims.aud !== expected.audience) {
    return { reason: "audience_mismatch" };
  }
  return { claims, expired: claims.exp <= now };
}

async function keyThatSigned(
  input: string,
  signature: Uint8Array,
  algorithm: unknown,
  candidates: KeyRing,
): Promise<Key | undefined> {
  const bytes = new TextEncoder().encode(input);
  for (const key of candidates) {
    // The key says which algorithm it is for; what the token says must agree, and never decides.
    if (key.algorithm === algorithm && (await crypto.subtle.verify("HMAC", key.secret, signature, bytes))) {
      return key;
    }
  }
  return undefined;
}

function isRefreshClaims(claims: Record<string, unknown>): claims is Record<string, unknown> & RefreshClaims {
  return (
    claims["token_use"] === "refresh" &&
    ["iss", "aud", "sub", "jti"].every((name) => typeof claims[name] === "string") &&
    ["iat", "exp"].every((name) => typeof claims[name] === "number")
  );
}

function encodeJson(value: object): string {
  return encodeBase64url(new TextEncoder().encode(JSON.stringify(value)));
}

function decodeJson(segment: string): Record<string, unknown> | undefined {
  const bytes = decodeBase64url(segment);
  if (bytes === undefined) {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
