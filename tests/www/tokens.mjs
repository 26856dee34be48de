// Tokens for these tests, made fresh in every run.

import { createHmac, randomBytes } from "node:crypto";

export function newKey(kid = "test-1") {
  return { kty: "oct", alg: "HS256", kid, k: randomBytes(32).toString("base64url") };
}

const encode = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** A token under a key. `claims` and `header` may be JSON texts, to be taken as they are. */
export function token(key, claims, header = { alg: "HS256", typ: "JWT", kid: key.kid }) {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${createHmac("sha256", Buffer.from(key.k, "base64url")).update(input).digest("base64url")}`;
}

export function now() {
  return Math.floor(Date.now() / 1000);
}
