// Key rings for development: JWK Sets of random HS256 secrets, newest first.

import { randomBytes } from "node:crypto";

/** The tolerated clock skew: the gate's default. */
const LEEWAY = 30;

/** A fresh 256-bit key. `now` is in seconds, as everywhere here. */
export function newKey(now) {
  const date = new Date(now * 1000).toISOString().slice(0, 10).replaceAll("-", "");
  return {
    kty: "oct",
    kid: `dev-${date}-${randomBytes(2).toString("hex")}`,
    alg: "HS256",
    use: "sig",
    k: randomBytes(32).toString("base64url"),
  };
}

export function newRing(now) {
  return { keys: [newKey(now)] };
}

/**
 * A ring with a fresh key in front. The key that signed until now signs no more, and is kept for as long as a token
 * that it signed can still be good; what no token can depend on any more is dropped.
 */
export function rotated(ring, { now, accessTtl }) {
  const [newest, ...older] = ring.keys.filter((key) => key.exp === undefined || key.exp > now);
  const fresh = unusedKey(ring, now);
  if (!newest) return { keys: [fresh] };
  const retired = {
    ...newest,
    "edgewarden:sign_until": Math.min(newest["edgewarden:sign_until"] ?? now, now),
    exp: Math.min(newest.exp ?? Infinity, now + accessTtl + LEEWAY),
  };
  return { keys: [fresh, retired, ...older] };
}

/** Two random bytes tell keys of one day apart for a person; that they never meet is looked after here. */
function unusedKey(ring, now) {
  for (;;) {
    const key = newKey(now);
    if (!ring.keys.some((other) => other.kid === key.kid)) return key;
  }
}
