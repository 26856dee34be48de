// Development only: /refresh goes wrong on demand, so that whoever asks it can be watched dealing with that. None of
// this is reachable unless the variable DEV_FAULTS is "on", and the code that refreshes knows nothing of it: a fault
// takes the place of its answer, or is done to it.
//
// What is switched on is kept in a table of its own, made when it is first needed, so that it outlives a restart and no
// production database ever has it.

import { decodeBase64url } from "./base64url.ts";
import { type Env, readConfiguration } from "./configuration.ts";
import { type Key, signingKey } from "./key_ring.ts";
import { refresh } from "./refresh.ts";
import { readJsonObject } from "./request_body.ts";
import { invalidGrant, invalidRequest, json } from "./responses.ts";
import type { Route } from "./route.ts";
import { type AccessClaims, signAccessToken } from "./tokens.ts";

/** Each takes the place of an answer. The ledger is not touched: the token is as good as before. */
const INSTEAD = {
  error_500: () => json(500, { error: "server_error" }),
  error_502: () => new Response("Bad Gateway", { status: 502 }),
  rate_limited: () => json(429, { error: "temporarily_unavailable" }, { "Retry-After": "2" }),
  html: () => new Response("<!doctype html><title>Hello</title>", { headers: { "Content-Type": "text/html" } }),
  no_access_token: () => json(200, { token_type: "Bearer", expires_in: 900 }),
  invalid_grant: () => invalidGrant("This refresh token is not valid"),
  empty_401: () => new Response(null, { status: 401 }),
  reset: () => cutOff(new TextEncoder().encode('{"access_token":"')),
} satisfies Record<string, () => Response>;

/** Each is done to a real answer, after the ledger has exchanged the token. */
const AFTERWARDS = {
  late: async (answer, { delayMs }) => {
    await scheduler.wait(delayMs);
    return answer;
  },
  drop_after_commit: async (answer) => {
    const body = new Uint8Array(await answer.arrayBuffer());
    return cutOff(body.subarray(0, body.length / 2));
  },
  wrong_secret: (answer, { env }) =>
    withAccessToken(answer, env, async (claims, key) => [claims, { ...key, secret: await randomSecret() }]),
  expired_token: (answer, { env }) =>
    withAccessToken(answer, env, (claims, key) => [
      { ...claims, iat: claims.iat - 7200, exp: claims.iat - 3600 },
      key,
    ]),
  other_subject: (answer, { env }) =>
    withAccessToken(answer, env, (claims, key) => [{ ...claims, sub: crypto.randomUUID() }, key]),
} satisfies Record<string, (answer: Response, how: { env: Env; delayMs: number }) => Response | Promise<Response>>;

type Mode = keyof typeof INSTEAD | keyof typeof AFTERWARDS;
const MODES = [...Object.keys(INSTEAD), ...Object.keys(AFTERWARDS)] as readonly string[];
const LONGEST_DELAY_MS = 120_000;

/** POST /refresh with whatever is switched on. */
export async function refreshWithFaults(request: Request, env: Env): Promise<Response> {
  const state = await countQuestion(env.DB);
  if (state.mode !== null && Object.hasOwn(INSTEAD, state.mode)) {
    // As a server does that fails while it works. One that leaves the body unread may break the connection for the next
    // question as well, which would be another fault than the one that was asked for.
    await request.arrayBuffer();
    return INSTEAD[state.mode as keyof typeof INSTEAD]();
  }
  const asked = new Request(request);
  if (state.idempotency === 0) {
    asked.headers.delete("Idempotency-Key");
  }
  const answer = await refresh(asked, env);
  return answer.ok && state.mode !== null
    ? AFTERWARDS[state.mode as keyof typeof AFTERWARDS](answer, { env, delayMs: state.delay_ms })
    : answer;
}

export const devRoutes: readonly [string, Route][] = [
  ["/dev/fault", { POST: setFault }],
  ["/dev/idempotency", { POST: setIdempotency }],
  ["/dev/ledger", { GET: showLedger }],
];

/** `{"mode", "times"?, "delay_ms"?}`: the next `times` questions go wrong in this way, or all until told otherwise. The
 *  mode "none" ends it. */
async function setFault(request: Request, env: Env): Promise<Response> {
  const body = await readJsonObject(request);
  if (body instanceof Response) {
    return body;
  }
  const { mode, times = null, delay_ms: delayMs = 10_000 } = body;
  if (typeof mode !== "string" || (mode !== "none" && !MODES.includes(mode))) {
    return invalidRequest(`mode must be none, ${MODES.join(", ")}`);
  }
  if (times !== null && !isIntegerWithin(times, 1, 1_000_000)) {
    return invalidRequest("times must be a whole number from 1 to 1000000");
  }
  if (!isIntegerWithin(delayMs, 0, LONGEST_DELAY_MS)) {
    return invalidRequest(`delay_ms must be a whole number from 0 to ${LONGEST_DELAY_MS}`);
  }
  await env.DB.batch([
    ...stateExists(env.DB),
    env.DB
      .prepare("UPDATE dev_state SET mode = ?, remaining = ?, delay_ms = ?")
      .bind(mode === "none" ? null : mode, times, delayMs),
  ]);
  return json(200, { mode, times, delay_ms: delayMs });
}

/** `{"enabled"}`: whether Idempotency-Key is honoured, or ignored as by a server that has never heard of it. */
async function setIdempotency(request: Request, env: Env): Promise<Response> {
  const body = await readJsonObject(request);
  if (body instanceof Response) {
    return body;
  }
  const { enabled } = body;
  if (typeof enabled !== "boolean") {
    return invalidRequest("enabled must be true or false");
  }
  await env.DB.batch([
    ...stateExists(env.DB),
    env.DB.prepare("UPDATE dev_state SET idempotency = ?").bind(enabled ? 1 : 0),
  ]);
  return json(200, { enabled });
}

/** What was asked and what became of it: ids and times, no token. */
async function showLedger(_request: Request, env: Env): Promise<Response> {
  const results = await env.DB.batch([
    ...stateExists(env.DB),
    env.DB.prepare("SELECT * FROM dev_state"),
    env.DB.prepare(
      `SELECT id, user, family, issued, expires, used, revoked, revoked_because, successor
       FROM refresh_tokens ORDER BY issued, rowid`,
    ),
  ]);
  const [states, rows] = results.slice(-2);
  const state = states?.results[0] as State;
  return json(200, {
    counters: { refresh_questions: state.questions },
    fault: { mode: state.mode ?? "none", times: state.remaining, delay_ms: state.delay_ms },
    idempotency: { enabled: state.idempotency === 1 },
    refresh_tokens: rows?.results,
  });
}

interface State {
  questions: number;
  idempotency: 0 | 1;
  mode: Mode | null;
  /** How many more questions go wrong; `null` for all of them. */
  remaining: number | null;
  delay_ms: number;
}

/** Goes before any other statement on `dev_state`, in the same batch. */
function stateExists(db: D1Database): D1PreparedStatement[] {
  return [
    db.prepare(
      `CREATE TABLE IF NOT EXISTS dev_state (
         id          INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
         questions   INTEGER NOT NULL DEFAULT 0,
         idempotency INTEGER NOT NULL DEFAULT 1,
         mode        TEXT,
         remaining   INTEGER,
         delay_ms    INTEGER NOT NULL DEFAULT 0
       ) STRICT`,
    ),
    db.prepare("INSERT OR IGNORE INTO dev_state (id) VALUES (1)"),
  ];
}

/** Counts a question, and returns the state that it is to be answered under. */
async function countQuestion(db: D1Database): Promise<State> {
  const results = await db.batch([
    ...stateExists(db),
    db.prepare("SELECT * FROM dev_state"),
    db.prepare(
      `UPDATE dev_state SET
         questions = questions + 1,
         mode      = CASE WHEN remaining = 1 THEN NULL ELSE mode END,
         remaining = CASE WHEN remaining = 1 THEN NULL ELSE remaining - 1 END`,
    ),
  ]);
  return results.at(-2)?.results[0] as State;
}

type Changed = [claims: AccessClaims, key: Key];

/** The answer with another access token in it, made from the claims and the key of the real one. */
async function withAccessToken(
  answer: Response,
  env: Env,
  change: (claims: AccessClaims, key: Key) => Changed | Promise<Changed>,
): Promise<Response> {
  const pair = await answer.json<{ access_token: string }>();
  const configuration = await readConfiguration(env);
  const key = "problems" in configuration ? undefined : signingKey(configuration.accessKeys, Date.now() / 1000);
  const payload = decodeBase64url(pair.access_token.split(".")[1] ?? "");
  if (key === undefined || payload === undefined) {
    return json(200, pair); // cannot be: this token was signed a moment ago
  }
  const claims = JSON.parse(new TextDecoder().decode(payload)) as AccessClaims;
  const [changed, changedKey] = await change(claims, key);
  return json(200, { ...pair, access_token: await signAccessToken(changedKey, changed) });
}

async function randomSecret(): Promise<CryptoKey> {
  return (await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"])) as CryptoKey;
}

/** An answer whose connection breaks after these bytes. */
function cutOff(bytes: Uint8Array): Response {
  // The length promises more than comes. Without one, the runtime would end the body as if it were whole.
  const { readable, writable } = new FixedLengthStream(bytes.length + 1);
  const writer = writable.getWriter();
  const send = async (): Promise<void> => {
    await writer.write(bytes);
    await scheduler.wait(10); // so that the bytes are on their way before the connection breaks
    await writer.abort(new Error("cut off on purpose"));
  };
  send().catch(() => {}); // the caller may have gone away before
  // An encoding is named so that none is put on top of it, which would again make the body look whole.
  return new Response(readable, { headers: { "Content-Type": "application/json", "Content-Encoding": "identity" } });
}

function isIntegerWithin(value: unknown, least: number, most: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
}
