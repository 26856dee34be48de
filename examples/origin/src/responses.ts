// The answers that this server gives. No cache is to keep any of them: most concern one user alone.

import { log } from "./log.ts";

const UNCACHED = { "Cache-Control": "no-store", Pragma: "no-cache" };

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/json", ...UNCACHED, ...headers },
  });
}

export function empty(status: 200 | 204): Response {
  return new Response(null, { status, headers: UNCACHED });
}

/** RFC 6749 §5.2. The description is for the developer who reads it, and never quotes what was sent. */
export function oauthError(
  status: number,
  error: string,
  description: string,
  { headers = {}, ...members }: { headers?: Record<string, string>; problems?: string[] } = {},
): Response {
  return json(status, { error, error_description: description, ...members }, headers);
}

export function invalidGrant(description: string): Response {
  return oauthError(400, "invalid_grant", description);
}

export function invalidRequest(description: string): Response {
  return oauthError(400, "invalid_request", description);
}

export function tooLarge(limit: number): Response {
  return oauthError(413, "invalid_request", `The body is larger than ${limit} bytes`);
}

export function unauthenticated(): Response {
  // RFC 9110 §15.5.2 wants a challenge on every 401.
  const headers = { "WWW-Authenticate": "Bearer" };
  return oauthError(401, "unauthenticated", "This endpoint is reached through the gate, with a token", { headers });
}

export function notFound(): Response {
  return oauthError(404, "not_found", "There is nothing at this path");
}

export function methodNotAllowed(allowed: string[]): Response {
  const headers = { Allow: allowed.join(", ") };
  return oauthError(405, "method_not_allowed", "This path takes other methods", { headers });
}

/** What failed may work in a moment. */
export function tryAgain(): Response {
  return unavailable("Ask again in a moment");
}

/** The operator has to act. `problems` are codes without any value in them. */
export function notConfigured(request: Request, problems: string[]): Response {
  log("error", "configuration_invalid", { request, problems });
  return unavailable("The server is not configured to issue tokens", { problems });
}

function unavailable(description: string, members: { problems?: string[] } = {}): Response {
  const headers = { "Retry-After": "1" };
  return oauthError(503, "temporarily_unavailable", description, { headers, ...members });
}

export function internalError(): Response {
  return oauthError(500, "server_error", "The server could not answer");
}
