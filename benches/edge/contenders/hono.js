// A gate on Hono with its own JWT middleware.

import { Hono } from "hono";
import { jwt, verify as honoVerify } from "hono/jwt";

import { forward, refuse } from "./outcome.js";
import { signingKey } from "./signing_key.js";

const app = new Hono();

let guard;
let kid;

app.use(async (c, next) => {
  if (!guard) {
    const signing = await signingKey(c.env);
    guard = jwt({ secret: signing.key, alg: "HS256", verification: demands(c.env) });
    kid = signing.kid;
  }
  return guard(c, next);
});
app.all("*", (c) => forward(c.req.raw, c.env, c.get("jwtPayload"), kid));
app.onError((_error, c) => refuse(c.req.raw));

export default app;

/** What the middleware does with the token. */
export async function verify(token, env) {
  const { key } = await signingKey(env);
  return honoVerify(token, key, { alg: "HS256", ...demands(env) });
}

function demands(env) {
  return { iss: env.GATE.issuer, aud: env.GATE.audience };
}
