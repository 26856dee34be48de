// An origin that remembers every request that reached it, so that "never reached the origin" is seen, not assumed.

import { once } from "node:events";
import { createServer } from "node:http";

/**
 * Starts it on a free port. `respond(request, response, seen)` answers (default: 200 with what it saw, as JSON) and
 * `upgrade(request, socket, head)` takes over connections; both may be changed at any time. `requests` holds what was
 * seen, a request from its beginning on, the default answer's body when it has ended.
 */
export async function startRecordingOrigin() {
  const origin = { requests: [], respond: reflect, upgrade: refuse, url: "", server: undefined, dispose };
  // Larger than whatever the gate in front lets through.
  const server = createServer({ maxHeaderSize: 4 * 1024 * 1024 }, (request, response) => {
    const seen = record(request);
    origin.respond(request, response, seen);
  });
  server.maxHeadersCount = 0;
  server.on("upgrade", (request, socket, head) => {
    record(request);
    upgraded.add(socket);
    // Whoever tests a connection that is cut off looks at the other end of it.
    socket.on("error", () => {}).on("close", () => upgraded.delete(socket));
    origin.upgrade(request, socket, head);
  });
  const upgraded = new Set();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  origin.server = server;
  origin.url = `http://127.0.0.1:${server.address().port}`;
  return origin;

  function record(request) {
    const seen = { method: request.method, url: request.url, headers: request.headers, rawHeaders: request.rawHeaders };
    origin.requests.push(seen);
    return seen;
  }

  async function dispose() {
    server.closeAllConnections();
    for (const socket of upgraded) socket.destroy();
    server.close();
    await once(server, "close");
  }
}

async function reflect(request, response, seen) {
  try {
    seen.body = Buffer.concat(await request.toArray());
  } catch {
    return; // given up on the way
  }
  response.setHeader("Content-Type", "application/json");
  const { method, url, headers } = seen;
  response.end(JSON.stringify({ method, url, headers, body: seen.body.toString() }));
}

function refuse(request, socket) {
  socket.end("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}
