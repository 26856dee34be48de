// The Worker's entry point. It decides nothing: it carries each request to the judgement in Rust and carries out what was
// decided. One crossing for each request; see mod.rs.

import { type Environment, OriginTimeout, forward } from "./forward";
import { Kind, type Settings, configure, decide, originUnavailable, startOver } from "./wire";

let settings: Settings | undefined;

export default {
  fetch(request: Request, env: Environment): Promise<Response> | Response {
    const started = Date.now();
    const requestId = crypto.randomUUID();
    let spelled = "";
    try {
      settings ??= start(env);
      spelled = spell(request, requestId, settings);
      const decision = decide(spelled);
      if (decision.kind !== Kind.Answer) {
        return carryOut(request, requestId, decision.kind, decision.text, settings, env, spelled, started);
      }
      const { response, log } = answer(request, decision.text);
      if (log) writeLog(log, requestId, started);
      return response;
    } catch (error) {
      return broken(error, requestId);
    }
  },
} satisfies ExportedHandler<Environment>;

function start(env: Environment): Settings {
  const read = configure(env);
  for (const finding of read.findings) console.error(finding);
  return read;
}

/** The request as wire.rs spells it. Most headers stay behind: they cost more to carry than to judge. */
function spell(request: Request, requestId: string, { mount, readsOrigin }: Settings): string {
  const { method, url, headers } = request;
  let text = `${requestId}\n${method}\n${url}\n${headers.get("authorization") ?? ""}`;
  if (method === "OPTIONS" || url.includes(mount)) {
    for (const [name, value] of headers) text += `\n${name}: ${value}`;
  } else if (readsOrigin) {
    text += `\norigin: ${headers.get("origin") ?? ""}`;
  }
  return text;
}

async function carryOut(
  request: Request,
  requestId: string,
  kind: Kind,
  text: string,
  current: Settings,
  env: Environment,
  spelled: string,
  started: number,
): Promise<Response> {
  const [log, ...identity] = kind === Kind.Forward ? text.split("\n") : [text.trimEnd()];
  try {
    const response = await forward(request, requestId, identity, current, env);
    if (log) writeLog(log, requestId, started, response.status);
    return response;
  } catch (error) {
    const { response, log } = answer(request, originUnavailable(spelled, error instanceof OriginTimeout).text);
    writeLog(log, requestId, started);
    return response;
  }
}

/** An answer as wire.rs spells it. */
function answer(request: Request, text: string): { response: Response; log: string } {
  const end = text.indexOf("\n\n");
  const [log = "", status, ...lines] = text.slice(0, end).split("\n");
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(": ");
    headers.append(line.slice(0, colon), line.slice(colon + 2));
  }
  const body = request.method === "HEAD" || status === "204" ? null : text.slice(end + 2);
  return { response: new Response(body, { status: Number(status), headers }), log };
}

function writeLog(members: string, requestId: string, started: number, status?: number): void {
  const line =
    `{"event":"decision",${members},"request_id":"${requestId}"` +
    `${status === undefined ? "" : `,"status":${status}`},"duration":${Date.now() - started}}`;
  if (members.startsWith('"level":"error"')) console.error(line);
  else console.log(line);
}

/** A fault of the gate itself. It stays closed, and the next request finds a new instance of the module. */
function broken(error: unknown, requestId: string): Response {
  const name = error instanceof Error ? error.name : "unknown";
  console.error(`{"event":"fault","level":"error","code":"internal_error","why":"${name}","request_id":"${requestId}"}`);
  if (error instanceof WebAssembly.RuntimeError) {
    settings = undefined;
    startOver();
  }
  const problem = {
    type: "urn:edgewarden:problem:internal_error",
    title: "The gate met a fault of its own.",
    status: 500,
    detail: "Try again later, unchanged. The session is not over.",
    error: "server_error",
    code: "internal_error",
    action: "retry",
    request_id: requestId,
    retry_after: 5,
  };
  return Response.json(problem, {
    status: 500,
    headers: {
      "Content-Type": "application/problem+json",
      "Cache-Control": "no-store",
      "Retry-After": "5",
      "X-Edgewarden-Action": "retry",
    },
  });
}
