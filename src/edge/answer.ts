// Responses of the gate itself.

import { startOver } from "./wire";

/** An answer as wire.rs spells it, and the log line's own part. */
export function answer(request: Request, text: string): { response: Response; log: string } {
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

/** A fault of the gate itself. It stays closed, and the next request finds a new instance of the module. */
export function broken(error: unknown, requestId: string): Response {
  const name = error instanceof Error ? error.name : "unknown";
  const place = error instanceof WebAssembly.RuntimeError ? `,"offset":"${offsetOf(error)}"` : "";
  console.error(`{"event":"fault","level":"error","code":"internal_error","why":"${name}"${place},"request_id":"${requestId}"}`);
  if (error instanceof WebAssembly.RuntimeError) startOver();
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

/** Where in the module's file it trapped: all that is told of it, for the message of a panic may quote what it was about. */
function offsetOf({ stack }: Error): string {
  return /0x[0-9a-f]+/.exec(stack ?? "")?.[0] ?? "unknown";
}
