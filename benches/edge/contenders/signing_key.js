// The one key that a JavaScript gate verifies with. All of them take it as a CryptoKey, imported once for each instance
// of the Worker: an import for each request would cost more than the verification.

let imported;

/** `{ kid, key }` of the first key of the JWK Set in `ACCESS_KEYS`. */
export function signingKey(env) {
  imported ??= importKey(JSON.parse(env.ACCESS_KEYS).keys[0]);
  return imported;
}

async function importKey(jwk) {
  const key = await crypto.subtle.importKey("jwk", jwk, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  return { kid: jwk.kid, key };
}
