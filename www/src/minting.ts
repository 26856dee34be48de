// Tokens for the examples, signed here and now under keys that were made a moment ago.

import { base64url } from "./key_text.js";

export type Members = Readonly<Record<string, unknown>>;
export type Jwk = Readonly<Record<string, unknown>>;

const HASHES: Readonly<Record<string, string>> = { HS256: "SHA-256", HS384: "SHA-384", HS512: "SHA-512" };

/** A fresh symmetric key. */
export function freshKey(kid: string, more: Members = {}): Jwk {
  return { kty: "oct", kid, alg: "HS256", k: base64url(crypto.getRandomValues(new Uint8Array(32))), ...more };
}

/** A key whose secret is a text, as an `.env` file has it. */
export function keyOfText(kid: string, secret: string): Jwk {
  return { kty: "oct", kid, alg: "HS256", k: base64url(new TextEncoder().encode(secret)) };
}

/** A token under a key of the examples. `header` is laid over `alg`, `typ` and `kid`; `undefined` takes a member away. */
export async function signed(key: Jwk, claims: Members, header: Members = {}): Promise<string> {
  const { alg = "HS256", kid, k } = key as { alg?: string; kid?: string; k: string };
  const input = unsigned({ alg, typ: "at+jwt", kid, ...header }, claims);
  return `${input}.${base64url(await mac(alg, decoded(k), new TextEncoder().encode(input)))}`;
}

/** Header and payload of a token, without a signature. */
export function unsigned(header: Members, claims: unknown): string {
  return `${segment(header)}.${segment(claims)}`;
}

/** A value as one segment. */
export function segment(value: unknown): string {
  return base64url(new TextEncoder().encode(JSON.stringify(value)));
}

export function randomSegment(bytes: number): string {
  return base64url(crypto.getRandomValues(new Uint8Array(bytes)));
}

/** RFC 7518 §3.2 */
export async function mac(alg: string, secret: BufferSource, input: BufferSource): Promise<Uint8Array> {
  const algorithm = { name: "HMAC", hash: HASHES[alg] ?? "SHA-256" };
  const key = await crypto.subtle.importKey("raw", secret, algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign(algorithm, key, input));
}

export function decoded(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
}
