// Bodies stream through the gate, both ways: nothing is held back until it is whole, and nothing need ever be whole.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { eventually, startGate } from "./gate_fixture.mjs";
import { connection } from "./raw_http.mjs";
import { keySet, newKey, sign } from "./tokens.mjs";

const MIB = 1024 * 1024;
const key = newKey("a");

describe("streaming", () => {
  let gate;

  before(async () => {
    gate = await startGate({ secrets: { ACCESS_KEYS: keySet(key) } });
  });

  async function upload(path) {
    const line = await connection(gate.url);
    line.send(
      `POST ${path} HTTP/1.1\r\nHost: gate.test\r\nAuthorization: Bearer ${sign(key)}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    return line;
  }

  test("the origin sees the first part of a body before the client has sent the last", async () => {
    let arrived = "";
    gate.origin.respond = async (request, response) => {
      for await (const chunk of request) arrived += chunk;
      response.end(`${arrived.length} bytes`);
    };
    const line = await upload("/positions");
    line.chunk("first");
    await eventually("the first part at the origin", () => arrived === "first");
    line.chunk("last");
    await eventually("the last part at the origin", () => arrived === "firstlast");
    line.send("0\r\n\r\n");
    assert.equal((await line.response()).body, "9 bytes");
    line.close();
  });

  test("the client sees the first part of an answer before the origin has written the last", async () => {
    let finish;
    gate.origin.respond = (request, response) => {
      response.write("first");
      finish = () => response.end("last");
    };
    const response = await gate.get("/events", sign(key));
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    assert.equal((await reader.read()).value, "first");
    finish();
    assert.equal((await reader.read()).value, "last");
    assert.equal((await reader.read()).done, true);
  });

  test("an answer begins while the request's body is still going up, and both go on", async () => {
    gate.origin.respond = async (request, response) => {
      for await (const chunk of request) response.write(`seen ${chunk};`);
      response.end("done");
    };
    const line = await upload("/echo");
    for (const part of ["one", "two", "three"]) {
      line.chunk(part);
      await line.until(`seen ${part};`);
    }
    line.send("0\r\n\r\n");
    assert.equal((await line.response()).body, "seen one;seen two;seen three;done");
    line.close();
  });

  test("server-sent events arrive one by one", async () => {
    let write;
    gate.origin.respond = (request, response) => {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      write = (text) => response.write(`data: ${text}\n\n`);
      response.flushHeaders();
    };
    const response = await gate.get("/events", sign(key), { headers: { Accept: "text/event-stream" } });
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (const text of ["a", "b", "c"]) {
      write(text);
      assert.equal((await reader.read()).value, `data: ${text}\n\n`);
    }
    await reader.cancel();
  });

  test("a body that never ends streams: the origin answers in the middle of it, and the gate goes on", async () => {
    let arrived = 0;
    gate.origin.respond = (request, response) => {
      request.on("data", (chunk) => {
        arrived += chunk.length;
        if (arrived > 4 * MIB && !response.headersSent) response.writeHead(200).write("enough to go on with");
      });
    };
    const line = await upload("/endless");
    const part = Buffer.from(`10000\r\n${"x".repeat(65_536)}\r\n`);
    const write = () => {
      while (!line.socket.destroyed && line.socket.write(part));
    };
    line.socket.on("drain", write);
    write();
    await line.until("enough to go on with");
    await eventually("twice as much", () => arrived > 8 * MIB);
    line.close();

    gate.origin.respond = (request, response) => response.end("well");
    assert.equal(await (await gate.get("/x", sign(key))).text(), "well");
  });

  test("an answer that never ends streams, and the origin learns that the client has gone", async () => {
    let gone = false;
    gate.origin.respond = (request, response) => {
      const part = Buffer.alloc(65_536, "x");
      const write = () => {
        while (!gone && response.write(part));
      };
      response.on("drain", write).on("close", () => (gone = true));
      write();
    };
    const response = await gate.get("/endless", sign(key));
    const reader = response.body.getReader();
    for (let read = 0; read < 8 * MIB; ) read += (await reader.read()).value.length;
    await reader.cancel();
    await eventually("the end at the origin", () => gone);
  });

  test("a slow reader slows the origin down: the gate does not hold what has not been read", async () => {
    let written = 0;
    let closed = false;
    gate.origin.respond = (request, response) => {
      const part = Buffer.alloc(65_536, "x");
      const write = () => {
        while (!closed && written < 256 * MIB) {
          written += part.length;
          if (!response.write(part)) return;
        }
      };
      response.on("drain", write).on("close", () => (closed = true));
      write();
    };
    const line = await connection(gate.url);
    line.socket.pause();
    line.send(`GET /large HTTP/1.1\r\nHost: gate.test\r\nAuthorization: Bearer ${sign(key)}\r\n\r\n`);
    await eventually("an answer", () => written > 0);
    const settled = await eventually("a standstill", async () => {
      const before = written;
      await new Promise((resolve) => setTimeout(resolve, 200));
      return before === written && written;
    });
    assert.ok(settled < 64 * MIB, `${settled} bytes were taken from the origin`);
    line.close();
    await eventually("the end at the origin", () => closed);
  });

  test("a client that goes away in the middle of its body ends the request at the origin, and nothing else", async () => {
    let aborted = false;
    gate.origin.respond = (request) => {
      request.on("error", () => (aborted = true)).on("close", () => (aborted = true)).resume();
    };
    const line = await upload("/positions");
    line.chunk("first");
    await eventually("the request at the origin", () => gate.origin.requests.at(-1)?.url === "/positions");
    line.close();
    await eventually("the end at the origin", () => aborted);

    gate.origin.respond = (request, response) => response.end("well");
    assert.equal(await (await gate.get("/x", sign(key))).text(), "well");
  });
});
