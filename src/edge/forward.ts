// Sends an allowed request to the origin: method, body, query and headers unchanged, but for the identity.

import type { Environment } from "./origin";
import type { Settings } from "./wire";

/** The headers that carry the identity, in the order in which the decision lists their values. */
const IDENTITY = ["X-Auth-Subject", "X-Auth-Key-Id", "X-Auth-Scope", "X-Auth-Expires"] as const;

const REQUEST_ID = "X-Request-Id";

/** An origin that speaks CGI cannot tell `X-Auth-Subject` from `X_Auth-Subject`: all spellings with an underscore. */
const LOOK_ALIKES = [...IDENTITY, REQUEST_ID].flatMap((name) => {
  const [first = "", ...rest] = name.split("-");
  const spellings = rest.reduce((all, part) => all.flatMap((text) => [`${text}-${part}`, `${text}_${part}`]), [first]);
  return spellings.filter((spelling) => spelling !== name);
});

/** workerd would take an origin's `100 Continue` for its answer; the client sends the body without it. */
const REMOVED = [...LOOK_ALIKES, "Expect"];

/**
 * What a URL parser rewrites: dot segments, which could climb out of the origin's base path, and a path that does not
 * begin with a slash.
 */
const REWRITTEN = /[/\\](?:\.|%2e)|^[^/]*\/\/[^/]*[\\?#]/i;

/**
 * Forwards the request. `lines` are those of the decision, from the second on: where it is `identified`, a value for each identity
 * header, empty ones for those to be removed; then further headers to be set, as `name: value`, or removed, where the value is
 * empty.
 *
 * Rejects when the origin cannot be reached.
 */
export function forward(
  request: Request,
  requestId: string,
  lines: readonly string[],
  identified: boolean,
  settings: Settings,
  env: Environment,
): Promise<Response> {
  const { method, body } = request;
  const url = settings.service ? request.url : settings.origin + pathOf(request.url);
  const headers = new Headers(request.headers);
  let next = 1;
  for (const name of IDENTITY) {
    const value = identified ? lines[next++] : "";
    if (value) headers.set(name, value);
    else headers.delete(name);
  }
  headers.set(REQUEST_ID, requestId);
  // To look for one costs less than to remove it.
  for (const name of REMOVED) if (headers.has(name)) headers.delete(name);
  if (!settings.forwardAuthorization) headers.delete("Authorization");

  for (; next < lines.length; next += 1) {
    const change = lines[next] as string;
    const colon = change.indexOf(": ");
    const value = change.slice(colon + 2);
    if (value) headers.set(change.slice(0, colon), value);
    else headers.delete(change.slice(0, colon));
  }

  const fetcher = settings.service ? (env.ORIGIN_SERVICE as Fetcher) : globalThis;
  if (body && (method === "GET" || method === "HEAD")) {
    // Such a request may arrive, but none can be made of its parts.
    return fetcher.fetch(new Request(new Request(url, request), { headers }));
  }
  // From its parts it costs less than a copy whose headers are then changed. A redirect is the client's to follow.
  const init: RequestInit = { method, headers, body, redirect: "manual" };
  // The origin behind a binding gets to see what the platform knows of the client.
  if (settings.service && request.cf) init.cf = request.cf as RequestInitCfProperties;
  return fetcher.fetch(url, init);
}

/** Path and query of an absolute URL, as a parser leaves them. */
function pathOf(url: string): string {
  if (REWRITTEN.test(url)) {
    const { pathname, search } = new URL(url);
    return pathname + search;
  }
  // The shortest scheme and authority have eight characters: `http://a`.
  const start = url.indexOf("/", 8);
  return start < 0 ? "/" : url.slice(start);
}
