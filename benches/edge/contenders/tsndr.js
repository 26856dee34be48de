// A gate on @tsndr/cloudflare-worker-jwt, which leaves issuer and audience to its user.

import jwt from "@tsndr/cloudflare-worker-jwt";

import { bearer, forward, refuse } from "./outcome.js";
import { signingKey } from "./signing_key.js";

export default {
  async fetch(request, env) {
    let verified;
    try {
      verified = await verify(bearer(request), env);
    } catch {
      return refuse(request);
    }
    return forward(request, env, verified.payload, verified.header.kid);
  },
};

export async function verify(token, env) {
  const { key } = await signingKey(env);
  const verified = await jwt.verify(token, key, { algorithm: "HS256", clockTolerance: 30, throwError: true });
  const { iss, aud, exp } = verified.payload;
  if (exp === undefined) throw new Error("exp is missing");
  if (iss !== env.GATE.issuer) throw new Error("iss does not match");
  if (aud !== env.GATE.audience && !(Array.isArray(aud) && aud.includes(env.GATE.audience))) {
    throw new Error("aud does not match");
  }
  return verified;
}
