// A gate on jose with the secret as bytes, as jose's documentation verifies HS256.

import { jwtVerify } from "jose";

import { demands, joseGate } from "./jose.js";

let secret;

export default joseGate(verify);

export async function verify(token, env) {
  secret ??= bytes(JSON.parse(env.ACCESS_KEYS).keys[0].k);
  return jwtVerify(token, secret, demands(env));
}

function bytes(base64url) {
  return Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
}
