// What a gate does once it knows who is asking, or that it must not know: the same for every JavaScript gate.

/** Sends the request to the origin, streamed, with the caller's identity in place of what came from outside. */
export function forward(request, env, { sub, scope, exp }, kid) {
  const requestId = crypto.randomUUID();
  const { pathname, search } = new URL(request.url);
  const forwarded = new Request(env.ORIGIN + pathname + search, request);
  const { headers } = forwarded;
  headers.set("X-Auth-Subject", sub);
  headers.set("X-Auth-Key-Id", kid);
  headers.set("X-Auth-Scope", scope ?? "");
  headers.set("X-Auth-Expires", exp);
  headers.set("X-Request-Id", requestId);
  if (env.GATE.log === "all") log({ code: "ok", action: "none", kid, request_id: requestId, route: pathname });
  return fetch(forwarded);
}

export function refuse(request) {
  const requestId = crypto.randomUUID();
  log({ code: "invalid_token", action: "refresh", request_id: requestId, route: new URL(request.url).pathname });
  return Response.json(
    { type: "about:blank", title: "The token is not valid.", status: 401, error: "invalid_token", request_id: requestId },
    {
      status: 401,
      headers: {
        "Content-Type": "application/problem+json",
        "Cache-Control": "no-store",
        "WWW-Authenticate": 'Bearer realm="api", error="invalid_token"',
      },
    },
  );
}

/** The token of `Authorization: Bearer`, or nothing. */
export function bearer(request) {
  const header = request.headers.get("Authorization");
  return header?.slice(0, 7).toLowerCase() === "bearer " ? header.slice(7) : undefined;
}

function log(members) {
  console.log(JSON.stringify({ event: "decision", ...members }));
}
