// POST /login: an email and a password for the first pair of tokens of a session.

import { type Env, readConfiguration } from "./configuration.ts";
import { open } from "./ledger.ts";
import { log } from "./log.ts";
import { isPassword, type PasswordRecord } from "./passwords.ts";
import { readParameters } from "./request_body.ts";
import { invalidGrant, notConfigured, oauthError } from "./responses.ts";
import { includesAll, intersect } from "./scope.ts";
import { newEntry, tokenResponse } from "./token_pair.ts";

interface User extends PasswordRecord {
  id: string;
  scope: string;
}

// RFC 5321 §4.5.3.1. A password is hashed whole, so its limit only keeps the work small.
const LONGEST_EMAIL = 254;
const LONGEST_PASSWORD = 1024;

export async function login(request: Request, env: Env): Promise<Response> {
  const configuration = await readConfiguration(env);
  if ("problems" in configuration) {
    return notConfigured(request, configuration.problems);
  }
  const parameters = await readParameters(request);
  if (parameters instanceof Response) {
    return parameters;
  }
  const grantType = parameters.get("grant_type");
  if (grantType !== undefined && grantType !== "password") {
    return oauthError(400, "unsupported_grant_type", "POST /login knows the grant type password");
  }
  const email = parameters.get("email") ?? parameters.get("username");
  const password = parameters.get("password");
  if (email === undefined || password === undefined) {
    return oauthError(400, "invalid_request", "Email (or username) and password are required, as texts");
  }

  const user = await findUser(env.DB, email);
  const known = password.length <= LONGEST_PASSWORD && (await isPassword(password, user));
  if (user === null || !known) {
    log("warn", "login_refused", { request });
    return invalidGrant("Email or password is wrong");
  }

  const wanted = parameters.get("scope") ?? user.scope;
  if (!includesAll(user.scope, wanted)) {
    return oauthError(400, "invalid_scope", "This user may not have that scope");
  }
  const now = Math.floor(Date.now() / 1000);
  const session = { user: user.id, family: crypto.randomUUID(), scope: intersect(wanted, user.scope) };
  const first = newEntry(configuration, session, now);
  const answer = first && (await tokenResponse(configuration, first, now));
  if (first === null || answer === null) {
    return notConfigured(request, ["no_key_may_sign"]);
  }
  await open(env.DB, first);
  log("info", "login", { request, family: session.family });
  return answer;
}

/** An email that no user can have is looked up as nobody, to be refused like any other, and as slowly. */
async function findUser(db: D1Database, email: string): Promise<User | null> {
  const normalised = email.trim().toLowerCase();
  if (normalised.length > LONGEST_EMAIL || !normalised.isWellFormed() || /\p{Cc}/u.test(normalised)) {
    return null;
  }
  return db
    .prepare("SELECT id, password_hash, salt, iterations, scope FROM users WHERE email = ?")
    .bind(normalised)
    .first<User>();
}
