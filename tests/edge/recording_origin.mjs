// An origin that remembers every request that reached it, so that "never reached the origin" is seen, not assumed.

import { once } from "node:events";
import { createServer } from "node:http";

/**
 * Starts it on a free port. `respond(request, response, body)` answers (default: 200 with what it saw, as JSON); it may be
 * changed at any time. Bodies are recorded when they have ended, requests when they begin.
 */
export async function startRecordingOrigin() {
  const origin = { requests: [], respond: reflect, url: "", server: undefined, dispose };
  const server = createServer((request, response) => {
    const seen = { method: request.method, url: request.url, headers: request.headers, rawHeaders: request.rawHeaders };
    origin.requests.push(seen);
    origin.respond(request, response, seen);
  });
  // Larger than whatever the gate in front lets through.
  server.maxHeadersCount = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  origin.server = server;
  origin.url = `http://127.0.0.1:${server.address().port}`;
  return origin;

  async function dispose() {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }
}

async function reflect(request, response, seen) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  seen.body = Buffer.concat(chunks).toString();
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify({ method: seen.method, url: seen.url, headers: seen.headers, body: seen.body }));
}
