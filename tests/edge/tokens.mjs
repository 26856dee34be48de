// Keys and tokens for tests, made fresh in every run. What they are made of is confided: see confidential.mjs.

import { createHash, createHmac, randomBytes } from "node:crypto";

import { confideClaims, confideSecret, confideToken } from "./confidential.mjs";

const HASH = { HS256: "sha256", HS384: "sha384", HS512: "sha512" };

/** A fresh key as a JWK; `members` are added to it or replace its own (undefined: take away). */
export function newKey(kid, members = {}) {
  const key = { kty: "oct", alg: "HS256", kid, k: randomBytes(64).toString("base64url"), ...members };
  if (key.k) confideSecret(Buffer.from(key.k, "base64url"), `the secret of ${kid ?? "a key"}`);
  return key;
}

/** A fresh bare secret, as an `.env` holds it, of so many characters. */
export function newSecret(length = 48) {
  const secret = randomBytes(length).toString("base64url").slice(0, length);
  confideSecret(secret, "a bare secret");
  return secret;
}

/** The key that a bare secret stands for. */
export function keyOfSecret(secret) {
  return { kty: "oct", alg: "HS256", k: Buffer.from(secret).toString("base64url") };
}

/** A JWK Set as text, as `ACCESS_KEYS` holds it. */
export function keySet(...keys) {
  return JSON.stringify({ keys });
}

export function now() {
  return Math.floor(Date.now() / 1000);
}

/** Claims that a gate with the fixture's policy accepts; `changes` replace them (undefined: take away). */
export function claims(changes = {}) {
  const issued = now();
  return {
    iss: "https://issuer.test",
    aud: "https://api.test",
    sub: `user-${randomBytes(6).toString("hex")}`,
    iat: issued,
    exp: issued + 600,
    jti: randomBytes(8).toString("hex"),
    ...changes,
  };
}

/** A compact token. The header names the key, unless `header` says otherwise (undefined: take away). */
export function sign(key, payload = claims(), header = {}) {
  const full = { alg: key.alg, typ: "at+jwt", kid: key.kid, ...header };
  if (typeof payload !== "string") confideClaims(payload);
  return signRaw(key, JSON.stringify(full), typeof payload === "string" ? payload : JSON.stringify(payload));
}

/** A compact token of these texts or bytes, whatever they are. */
export function signRaw(key, header, payload) {
  const input = `${Buffer.from(header).toString("base64url")}.${Buffer.from(payload).toString("base64url")}`;
  const secret = Buffer.from(key.k, "base64url");
  const token = `${input}.${createHmac(HASH[key.alg] ?? "sha256", secret).update(input).digest("base64url")}`;
  confideToken(token);
  return token;
}

/** The first 16 hex digits of SHA-256 over a token, as logs show it. */
export function fingerprint(token) {
  return createHash("sha256").update(token).digest("hex").slice(0, 16);
}
