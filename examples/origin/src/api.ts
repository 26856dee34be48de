// The API itself. It judges no token: the gate has done that, and says in headers of its own who is asking, after
// removing those headers from what came in from outside. That is all the proof there is, so this Worker must be
// reachable through the gate alone.

import type { Env } from "./configuration.ts";
import { readJsonObject } from "./request_body.ts";
import { invalidRequest, json, unauthenticated } from "./responses.ts";

interface Caller {
  subject: string;
  scope: string;
}

/** GET /check_session: who the gate says is asking. */
export function checkSession(request: Request): Response {
  const caller = callerOf(request);
  return caller === null ? unauthenticated() : json(200, { sub: caller.subject, scope: caller.scope });
}

/** GET /list_events: the events, earliest first. `starts` is in seconds since 1970. */
export async function listEvents(request: Request, env: Env): Promise<Response> {
  if (callerOf(request) === null) {
    return unauthenticated();
  }
  const { results: events } = await env.DB
    .prepare("SELECT id, title, place, starts FROM events ORDER BY starts, id LIMIT 200")
    .all();
  return json(200, { events });
}

/** POST /positions: where the caller is, as `{"lat", "lon", "recorded_at"?}`; degrees, and seconds since 1970. */
export async function recordPosition(request: Request, env: Env): Promise<Response> {
  const caller = callerOf(request);
  if (caller === null) {
    return unauthenticated();
  }
  const body = await readJsonObject(request);
  if (body instanceof Response) {
    return body;
  }
  const now = Math.floor(Date.now() / 1000);
  const { lat, lon, recorded_at: recordedAt = now } = body;
  if (!isNumberWithin(lat, -90, 90) || !isNumberWithin(lon, -180, 180)) {
    return invalidRequest("lat must be a number from -90 to 90, and lon one from -180 to 180");
  }
  // A phone's clock may be wrong by hours, and its position is still worth having; by more, its unit is wrong.
  if (!isNumberWithin(recordedAt, 0, now + 86_400) || !Number.isInteger(recordedAt)) {
    return invalidRequest("recorded_at must be in whole seconds since 1970, and not in the future");
  }
  const id = crypto.randomUUID();
  await env.DB.prepare("INSERT INTO positions (id, user, lat, lon, recorded_at) VALUES (?, ?, ?, ?, ?)")
    .bind(id, caller.subject, lat, lon, recordedAt)
    .run();
  return json(201, { id, lat, lon, recorded_at: recordedAt });
}

function callerOf(request: Request): Caller | null {
  const subject = request.headers.get("X-Auth-Subject");
  return subject ? { subject, scope: request.headers.get("X-Auth-Scope") ?? "" } : null;
}

function isNumberWithin(value: unknown, least: number, most: number): value is number {
  return typeof value === "number" && value >= least && value <= most;
}
