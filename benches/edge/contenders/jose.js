// A gate on jose.

import { jwtVerify } from "jose";

import { bearer, forward, refuse } from "./outcome.js";
import { signingKey } from "./signing_key.js";

export default joseGate(verify);

export async function verify(token, env) {
  const { key } = await signingKey(env);
  return jwtVerify(token, key, demands(env));
}

export function joseGate(verifyWith) {
  return {
    async fetch(request, env) {
      let verified;
      try {
        verified = await verifyWith(bearer(request), env);
      } catch {
        return refuse(request);
      }
      return forward(request, env, verified.payload, verified.protectedHeader.kid);
    },
  };
}

export function demands(env) {
  return {
    algorithms: ["HS256"],
    issuer: env.GATE.issuer,
    audience: env.GATE.audience,
    requiredClaims: ["exp"],
    clockTolerance: 30,
  };
}
