// POST /refresh: a refresh token for the next pair, once.
//
// Every refresh token is good for one exchange. One that is presented again is in two hands, and one of these is a
// thief's: the whole session ends, and whoever is honest logs in again. The one exception is an answer that was lost on
// the way. The honest client then asks the same question again, and must get the same answer instead of an alarm.

import { type Configuration, type Env, readConfiguration } from "./configuration.ts";
import { type Entry, exchange, find, type Found, replaceAccess, revokeFamily } from "./ledger.ts";
import { log } from "./log.ts";
import { readIdempotencyKey, readParameters } from "./request_body.ts";
import { invalidGrant, invalidRequest, notConfigured, oauthError, tryAgain } from "./responses.ts";
import { intersect } from "./scope.ts";
import { accessIsRepeatable, newAccess, newEntry, refreshIsRepeatable, tokenResponse } from "./token_pair.ts";
import { verifyRefreshToken } from "./tokens.ts";

/** One question to this endpoint, apart from the token. */
interface Question {
  request: Request;
  db: D1Database;
  configuration: Configuration;
  /** `null` when it came without one. */
  idempotencyKey: string | null;
  /** Seconds since 1970, the same throughout. */
  now: number;
}

export async function refresh(request: Request, env: Env): Promise<Response> {
  const configuration = await readConfiguration(env);
  if ("problems" in configuration) {
    return notConfigured(request, configuration.problems);
  }
  const parameters = await readParameters(request);
  if (parameters instanceof Response) {
    return parameters;
  }
  const grantType = parameters.get("grant_type");
  if (grantType !== undefined && grantType !== "refresh_token") {
    return oauthError(400, "unsupported_grant_type", "POST /refresh knows the grant type refresh_token");
  }
  const token = parameters.get("refresh_token");
  if (token === undefined) {
    return invalidRequest("A refresh_token is required, as a text");
  }
  const idempotencyKey = readIdempotencyKey(request);
  if (idempotencyKey === undefined) {
    return invalidRequest("Idempotency-Key must be 1 to 255 printable ASCII characters without a space");
  }
  const now = Math.floor(Date.now() / 1000);
  return answerTo(token, { request, db: env.DB, configuration, idempotencyKey, now });
}

async function answerTo(token: string, question: Question): Promise<Response> {
  const { db, configuration, now } = question;
  const verified = await verifyRefreshToken(token, configuration.refreshKeys, configuration, now);
  if ("reason" in verified) {
    return refuse(question, verified.reason);
  }
  if (verified.expired) {
    return refuse(question, "expired");
  }
  const { jti, sub } = verified.claims;

  let found = await find(db, jti);
  if (found === null || found.entry.user !== sub) {
    return refuse(question, "not_in_ledger");
  }
  if (judge(found, question).is === "exchange") {
    const answer = await exchangeNow(found, question);
    if (answer !== "was_too_late") {
      return answer;
    }
    found = await find(db, jti); // to be judged by what the faster question has left behind
    if (found === null) {
      return refuse(question, "not_in_ledger");
    }
  }

  const judgement = judge(found, question);
  switch (judgement.is) {
    case "repetition":
      return repeat(judgement.successor, question);
    case "reuse":
      await revokeFamily(db, found.entry.family, "reuse", now);
      log("warn", "refresh_token_reused", { request: question.request, family: found.entry.family });
      return invalidGrant("This refresh token was used before: the session has been ended");
    case "refusal":
      return refuse(question, judgement.reason);
    case "exchange": // it was exchanged a moment ago, and that is never undone
      return tryAgain();
  }
}

type Judgement =
  | { is: "exchange" }
  | { is: "repetition"; successor: Entry }
  | { is: "reuse" }
  | { is: "refusal"; reason: string };

/** The rules, apart from what carries them out. */
function judge({ entry, successor }: Found, { idempotencyKey, configuration, now }: Question): Judgement {
  if (entry.revoked !== null) {
    return { is: "refusal", reason: "revoked" };
  }
  if (entry.expires <= now) {
    return { is: "refusal", reason: "expired" };
  }
  if (entry.used === null) {
    return { is: "exchange" };
  }
  const isSameQuestion = idempotencyKey !== null && idempotencyKey === entry.idempotency_key;
  const isRecent = now < entry.used + configuration.idempotencyWindow;
  // A successor that has been used did arrive. To ask for it again is then no lost answer but a second holder of the
  // token; and a thief could otherwise follow a session from any old token to its newest.
  const mayHaveBeenLost = successor !== null && successor.used === null;
  return isSameQuestion && isRecent && mayHaveBeenLost ? { is: "repetition", successor } : { is: "reuse" };
}

async function exchangeNow({ entry, userScope }: Found, question: Question): Promise<Response | "was_too_late"> {
  const { request, db, configuration, idempotencyKey, now } = question;
  // A scope that was taken from the user since the login goes with the next refresh.
  const session = { user: entry.user, family: entry.family, scope: intersect(entry.scope, userScope) };
  const successor = newEntry(configuration, session, now);
  // Signed before the ledger is touched: what cannot be answered must not be consumed.
  const answer = successor && (await tokenResponse(configuration, successor, now));
  if (successor === null || answer === null) {
    return notConfigured(request, ["no_key_may_sign"]);
  }
  if (!(await exchange(db, entry.id, successor, idempotencyKey, now))) {
    return "was_too_late";
  }
  log("info", "refreshed", { request, family: entry.family });
  return answer;
}

/** The answer that was given before, from the successor's entry. */
async function repeat(successor: Entry, question: Question): Promise<Response> {
  const { request, db, configuration, now } = question;
  if (!refreshIsRepeatable(configuration, successor, now)) {
    // Its key was withdrawn. Nobody has done anything wrong, so no alarm.
    return refuse(question, "key_gone");
  }
  let entry = successor;
  if (!accessIsRepeatable(configuration, successor, now)) {
    // The refresh token is what must not be lost. An access token that has run out since is of no use to anyone: the
    // answer keeps the refresh token and gets a fresh access token, and is the same again until that one has run out.
    const access = newAccess(configuration, now);
    if (access === null) {
      return notConfigured(request, ["no_key_may_sign"]);
    }
    entry = await replaceAccess(db, successor, access);
  }
  const answer = await tokenResponse(configuration, entry, now);
  if (answer === null) {
    // Another instance was faster, and has been given other keys already.
    return tryAgain();
  }
  log("info", "refresh_repeated", { request, family: entry.family });
  return answer;
}

// Which reason it was is for the log. Telling it to the caller would tell a thief what to try next.
function refuse({ request }: Question, reason: string): Response {
  log("warn", "refresh_refused", { request, reason });
  return invalidGrant("This refresh token is not valid");
}
