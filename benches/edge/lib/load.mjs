// A small HTTP/1.1 load generator: keep-alive connections, one request in flight on each, raw sockets, so that it
// takes as little as possible from the cores that it shares with what it measures.

import net from "node:net";

/** Opens `connections` sockets to `port`. workerd hangs up on idle ones after five seconds: use them at once. */
export async function openConnections(port, connections) {
  return Promise.all(Array.from({ length: connections }, () => openSocket(port)));
}

export function closeConnections(sockets) {
  for (const socket of sockets) socket.destroy();
}

function openSocket(port) {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
    // An error is always followed by `close`, which is what everyone listens to.
    socket.on("error", reject);
    socket.once("connect", () => resolve(socket));
  });
}

/**
 * Sends each of `requests`, texts, and resolves with the latencies in microseconds. `expect(answer)` throws when an
 * answer is not the one that the run is about.
 *
 * Without a `rate`, each connection sends its next request as soon as the last one is answered. With one (requests per
 * second) they start on a schedule: a request that had to wait for a free connection counts from its scheduled moment,
 * so that a stall is not hidden by the requests that it kept from starting.
 */
export function sendAll(sockets, requests, { expect, rate } = {}) {
  const latencies = new Float64Array(requests.length);
  const interval = rate ? 1e6 / rate : 0;
  const idle = [...sockets];
  const start = now();
  let next = 0;
  let answered = 0;

  return new Promise((resolve, reject) => {
    const end = (error) => {
      clearInterval(timer);
      for (const socket of sockets) socket.removeAllListeners("data").removeAllListeners("close");
      if (error) reject(error);
      else resolve(latencies);
    };
    const startDue = () => {
      while (next < requests.length && idle.length) {
        if (interval && start + next * interval > now()) return;
        const socket = idle.pop();
        socket.started = now();
        socket.request = next;
        socket.write(requests[next], "latin1");
        next += 1;
      }
    };
    const waitedSince = (index) => start + index * interval;

    for (const socket of sockets) {
      let received = "";
      socket.on("data", (chunk) => {
        received += chunk.toString("latin1");
        const answer = parseAnswer(received);
        if (!answer) return;
        received = received.slice(answer.length);
        latencies[socket.request] = now() - socket.started;
        answered += 1;
        try {
          expect?.(answer);
        } catch (error) {
          return end(error);
        }
        if (answered === requests.length) return end();
        const allWereBusy = idle.length === 0;
        idle.push(socket);
        const following = next;
        startDue();
        if (interval && allWereBusy && next > following) socket.started = waitedSince(following);
      });
      socket.on("close", () => end(new Error("a connection was closed before its answer came")));
    }
    const timer = interval ? setInterval(startDue, 1) : undefined;
    startDue();
  });
}

/** One request over a connection of its own. */
export async function sendOne(port, request) {
  const sockets = await openConnections(port, 1);
  let found;
  try {
    await sendAll(sockets, [request], { expect: (answer) => (found = answer) });
  } finally {
    closeConnections(sockets);
  }
  return found;
}

function parseAnswer(text) {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return null;
  const head = text.slice(0, headEnd);
  const bodyStart = headEnd + 4;
  const status = Number(head.slice(9, 12));
  const sized = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (sized) {
    const length = bodyStart + Number(sized[1]);
    return text.length < length ? null : { status, head, body: text.slice(bodyStart, length), length };
  }
  const end = text.indexOf("0\r\n\r\n", bodyStart);
  if (end < 0) return null;
  const body = text.slice(bodyStart, end).replace(/^[0-9a-f]+\r\n/i, "").replace(/\r\n$/, "");
  return { status, head, body, length: end + 5 };
}

function now() {
  return performance.now() * 1000;
}
