// POST /logout and POST /revoke (RFC 7009): the end of a session. Both say yes to a token that is not or no longer
// known, since what the caller wants is then already so.
//
// An access token cannot be called back: nobody asks this server about it. It ends by itself, after ACCESS_TTL at most.

import { type Env, readConfiguration } from "./configuration.ts";
import { familyOf, revokeFamily } from "./ledger.ts";
import { log } from "./log.ts";
import { readParameters } from "./request_body.ts";
import { empty, notConfigured, oauthError } from "./responses.ts";
import { verifyRefreshToken } from "./tokens.ts";

/** Also without a token: a client that has lost its tokens is signed out as it is. */
export function logout(request: Request, env: Env): Promise<Response> {
  return endSession(request, env, { tokenRequired: false, done: 204 });
}

export function revoke(request: Request, env: Env): Promise<Response> {
  return endSession(request, env, { tokenRequired: true, done: 200 });
}

async function endSession(
  request: Request,
  env: Env,
  { tokenRequired, done }: { tokenRequired: boolean; done: 200 | 204 },
): Promise<Response> {
  const configuration = await readConfiguration(env);
  if ("problems" in configuration) {
    return notConfigured(request, configuration.problems);
  }
  const parameters = await readParameters(request);
  if (parameters instanceof Response) {
    return parameters;
  }
  const token = parameters.get("refresh_token") ?? parameters.get("token");
  if (token === undefined) {
    return tokenRequired ? oauthError(400, "invalid_request", "A token is required, as a text") : empty(done);
  }

  const now = Math.floor(Date.now() / 1000);
  const verified = await verifyRefreshToken(token, configuration.refreshKeys, configuration, now);
  if ("claims" in verified) {
    // Also when it has expired, or was exchanged: what it was exchanged for may still be good.
    const family = await familyOf(env.DB, verified.claims.jti);
    if (family !== null) {
      await revokeFamily(env.DB, family, "logout", now);
      log("info", "logout", { request, family });
    }
  }
  return empty(done);
}
