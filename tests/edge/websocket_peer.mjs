// Both ends of a WebSocket (RFC 6455) by hand: as much of it as shows that one passes through the gate.

import { createHash, randomBytes } from "node:crypto";

import { connection } from "./raw_http.mjs";

const TEXT = 1;
const CLOSE = 8;

/** An `upgrade` for the recording origin: accepts, and answers each text with `reply(text)`. */
export function acceptWebSocket(reply, headers = []) {
  return (request, socket) => {
    const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
    const lines = [
      "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
      `Sec-WebSocket-Accept: ${accept.digest("base64")}`, ...headers,
    ];
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    let buffered = Buffer.alloc(0);
    socket.on("end", () => socket.end());
    socket.on("data", (chunk) => {
      buffered = Buffer.concat([buffered, chunk]);
      for (let frame; (frame = readFrame(buffered)); buffered = buffered.subarray(frame.size)) {
        if (frame.opcode === CLOSE) return void socket.end(frameOf(CLOSE, frame.payload));
        socket.write(frameOf(TEXT, Buffer.from(reply(frame.payload.toString()))));
      }
    });
  };
}

/** Asks for a WebSocket. Resolves with the connection when its answer has begun; `send` and `receive` are for texts. */
export async function openWebSocket(url, path, headers = []) {
  const line = await connection(url);
  const own = [["Host", "gate.test"], ["Upgrade", "websocket"], ["Connection", "Upgrade"], ["Sec-WebSocket-Version", "13"]];
  const all = [...own, ["Sec-WebSocket-Key", randomBytes(16).toString("base64")], ...headers];
  line.send(`GET ${path} HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`);
  const head = (await line.until("\r\n\r\n")).split("\r\n\r\n")[0];
  let taken = head.length + 4;
  const frame = async () => {
    for (;;) {
      const next = readFrame(Buffer.from(line.received().slice(taken), "latin1"));
      if (next) {
        taken += next.size;
        return next;
      }
      await line.more();
    }
  };
  return {
    status: Number(head.split(" ")[1]),
    head,
    send: (text) => line.socket.write(frameOf(TEXT, Buffer.from(text), randomBytes(4))),
    receive: async () => (await frame()).payload.toString(),
    closing: (code) => {
      const payload = Buffer.alloc(2);
      payload.writeUInt16BE(code);
      line.socket.write(frameOf(CLOSE, payload, randomBytes(4)));
      return frame().then(({ opcode, payload: answer }) => opcode === CLOSE && answer.readUInt16BE(0));
    },
    response: () => line.response(),
    close: line.close,
  };
}

/** Payloads up to 64 KiB, as in all these tests. */
function frameOf(opcode, payload, mask) {
  const length = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 255];
  length[0] |= mask ? 0x80 : 0;
  const head = Buffer.from([0x80 | opcode, ...length]);
  return mask ? Buffer.concat([head, mask, masked(payload, mask)]) : Buffer.concat([head, payload]);
}

function readFrame(bytes) {
  if (bytes.length < 2) return undefined;
  const long = (bytes[1] & 127) === 126;
  if (bytes.length < (long ? 4 : 2)) return undefined;
  const length = long ? bytes.readUInt16BE(2) : bytes[1] & 127;
  const start = (long ? 4 : 2) + (bytes[1] & 128 ? 4 : 0);
  if (bytes.length < start + length) return undefined;
  const payload = bytes.subarray(start, start + length);
  const plain = bytes[1] & 128 ? masked(payload, bytes.subarray(start - 4, start)) : payload;
  return { opcode: bytes[0] & 15, payload: plain, size: start + length };
}

function masked(payload, mask) {
  return Buffer.from(payload.map((byte, at) => byte ^ mask[at % 4]));
}
