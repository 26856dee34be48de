// jose again, with the key as its own importJWK gives it. For a secret that is bare bytes, which jose then has to import for
// each token: the obvious way, and the slower one.

import { importJWK, jwtVerify } from "jose";

import { demands, joseGate } from "./jose.js";

let imported;

export default joseGate(verify);

export async function verify(token, env) {
  imported ??= importJWK(JSON.parse(env.ACCESS_KEYS).keys[0]);
  return jwtVerify(token, await imported, demands(env));
}
