// The log: one JSON object a line. It says what happened, and in which session by the family's id, which is in no
// token. Tokens, secrets, passwords, emails and claim values stay out of it: what is in a log has left the house.

interface Details {
  /** For the id by which the gate's own log names this request. */
  request?: Request;
  /** A family of refresh tokens: one session. */
  family?: string;
  reason?: string;
  problems?: string[];
  error?: string;
  deleted?: number;
}

export function log(level: "info" | "warn" | "error", event: string, { request, ...details }: Details): void {
  console[level](JSON.stringify({ event, ...details, request_id: request && requestId(request) }));
}

/** What can be said of an error without saying what was in the request. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) {
    return "not an Error";
  }
  // SQLite names tables and columns; values are bound, and so in no statement.
  return error.message.startsWith("D1_ERROR") ? error.message : error.name;
}

function requestId(request: Request): string | undefined {
  return /^[\w.:-]{1,64}$/.exec(request.headers.get("X-Request-Id") ?? "")?.[0];
}
