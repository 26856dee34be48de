// HTTP/1.1 by hand over a TCP socket: what no well-behaved client would send, and bodies seen as they arrive.

import { once } from "node:events";
import { connect } from "node:net";

const LIMIT_MS = 10_000;

/** A connection to the server at `url`. Texts are sent as latin1, a byte for each character. */
export async function connection(url) {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, "connect");
  let received = "";
  let failed;
  let wake = () => {};
  socket.setEncoding("latin1");
  socket.on("data", (text) => {
    received += text;
    wake();
  });
  socket.on("error", (error) => (failed = error));
  socket.on("close", () => wake());

  async function arrival(what, look) {
    const timer = setTimeout(() => socket.destroy(new Error(`${LIMIT_MS} ms`)), LIMIT_MS);
    try {
      for (;;) {
        const found = look();
        if (found) return found;
        if (socket.destroyed) throw new Error(`closed (${failed?.message ?? "orderly"}) before ${what}: ${received}`);
        await new Promise((resolve) => (wake = resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    socket,
    received: () => received,
    send: (text) => socket.write(Buffer.from(text, "latin1")),
    chunk: (text) => socket.write(Buffer.from(`${text.length.toString(16)}\r\n${text}\r\n`, "latin1")),
    /** Resolves with everything received as soon as that satisfies `enough`, a text or a pattern. */
    until: (enough) =>
      arrival(enough, () => (typeof enough === "string" ? received.includes(enough) : enough.test(received)) && received),
    /** Resolves with the response as soon as that is complete. */
    response: (how) => arrival("a whole response", () => parseResponse(received, how)),
    /** Resolves when something more has arrived. */
    more: () => {
      const before = received.length;
      return arrival("more", () => received.length > before);
    },
    ended: () => arrival("the end", () => socket.destroyed && { received }),
    close: () => socket.destroy(),
  };
}

/** A request as text. `headers` are pairs; `Host` and `Connection: close` come before them. */
export function requestText(target, { method = "GET", headers = [], body = "" } = {}) {
  const length = body ? [["Content-Length", body.length]] : [];
  const all = [["Host", "gate.test"], ["Connection", "close"], ...length, ...headers];
  return `${method} ${target} HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`;
}

/** Sends this text and resolves with the response. */
export async function exchange(url, text) {
  const line = await connection(url);
  line.send(text);
  try {
    return await line.response({ bodiless: text.startsWith("HEAD ") });
  } finally {
    line.close();
  }
}

/** The response that a text begins with, or nothing as long as it is not complete. */
export function parseResponse(text, { bodiless = false } = {}) {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const status = Number(first.split(" ")[1]);
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const rest = text.slice(end + 4);
  const length = Number(headers.get("content-length") ?? 0);
  const body =
    bodiless || status === 101 ? ""
    : headers.get("transfer-encoding") === "chunked" ? unchunked(rest)
    : rest.length >= length ? rest.slice(0, length)
    : undefined;
  return body === undefined ? undefined : { status, headers, body, text, json: () => JSON.parse(body) };
}

function unchunked(text) {
  let body = "";
  for (let rest = text; ; ) {
    const line = rest.indexOf("\r\n");
    const size = Number.parseInt(rest.slice(0, line), 16);
    const end = line + 2 + size + 2;
    if (line < 0 || rest.length < end) return undefined;
    if (size === 0) return body;
    body += rest.slice(line + 2, end - 2);
    rest = rest.slice(end);
  }
}
