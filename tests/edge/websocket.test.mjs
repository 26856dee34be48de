// WebSocket upgrades pass through the gate, and are judged like every other request.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { eventually, startGate } from "./gate_fixture.mjs";
import { claims, keySet, newKey, sign } from "./tokens.mjs";
import { acceptWebSocket, openWebSocket } from "./websocket_peer.mjs";

const key = newKey("a");
const bearer = (payload) => ["Authorization", `Bearer ${sign(key, payload)}`];

describe("websocket", () => {
  let gate;

  before(async () => {
    gate = await startGate({
      gate: { routes: [{ path: "/public/*", access: "public" }, { path: "/admin/*", scope: "admin" }] },
      secrets: { ACCESS_KEYS: keySet(key) },
    });
    gate.origin.upgrade = acceptWebSocket((text) => `echo ${text}`);
  });

  test("with a good token the connection is upgraded, and messages go both ways", async () => {
    const socket = await openWebSocket(gate.url, "/live?room=7", [bearer()]);
    assert.equal(socket.status, 101);
    for (const text of ["one", "two", "ünï 😀", "x".repeat(5000)]) {
      socket.send(text);
      assert.equal(await socket.receive(), `echo ${text}`);
    }
    socket.close();
    assert.equal(gate.origin.requests.at(-1).url, "/live?room=7");
  });

  test("the origin gets the identity, and a forged one is gone", async () => {
    const payload = claims();
    const forged = [["X-Auth-Subject", "forged"], ["x_auth_scope", "forged"]];
    const socket = await openWebSocket(gate.url, "/live", [bearer(payload), ...forged]);
    assert.equal(socket.status, 101);
    const { headers, rawHeaders } = gate.origin.requests.at(-1);
    assert.equal(headers["x-auth-subject"], payload.sub);
    assert.ok(!rawHeaders.includes("forged"));
    socket.close();
  });

  test("the subprotocol is negotiated with the origin", async () => {
    gate.origin.upgrade = acceptWebSocket((text) => text, ["Sec-WebSocket-Protocol: chat.v2"]);
    const socket = await openWebSocket(gate.url, "/live", [bearer(), ["Sec-WebSocket-Protocol", "chat.v1, chat.v2"]]);
    assert.match(socket.head, /^sec-websocket-protocol: chat\.v2$/im);
    assert.equal(gate.origin.requests.at(-1).headers["sec-websocket-protocol"], "chat.v1, chat.v2");
    socket.close();
    gate.origin.upgrade = acceptWebSocket((text) => `echo ${text}`);
  });

  test("a close goes to the origin and its answer comes back", async () => {
    const socket = await openWebSocket(gate.url, "/live", [bearer()]);
    assert.equal(await socket.closing(4001), 4001);
    socket.close();
  });

  test("a client that just goes away ends the connection at the origin", async () => {
    let gone = false;
    gate.origin.upgrade = (request, connection) => {
      acceptWebSocket((text) => text)(request, connection);
      connection.on("close", () => (gone = true));
    };
    const socket = await openWebSocket(gate.url, "/live", [bearer()]);
    assert.equal(socket.status, 101);
    socket.close();
    await eventually("the end at the origin", () => gone);
    gate.origin.upgrade = acceptWebSocket((text) => `echo ${text}`);
  });

  test("without a token, or without the scope, an upgrade is refused and never reaches the origin", async () => {
    const before = gate.origin.requests.length;
    for (const [path, headers, status, code] of [
      ["/live", [], 401, "missing_token"],
      ["/live", [["Authorization", "Bearer a.b.c"]], 401, "malformed_token"],
      ["/admin/live", [bearer()], 403, "insufficient_scope"],
    ]) {
      const socket = await openWebSocket(gate.url, path, headers);
      assert.equal(socket.status, status);
      assert.equal((await socket.response()).json().code, code);
      socket.close();
    }
    assert.equal(gate.origin.requests.length, before);
  });

  test("on a public route an upgrade needs no token", async () => {
    const socket = await openWebSocket(gate.url, "/public/live", [["X-Auth-Subject", "forged"]]);
    assert.equal(socket.status, 101);
    assert.equal(gate.origin.requests.at(-1).headers["x-auth-subject"], undefined);
    socket.close();
  });

  test("an origin that does not upgrade is heard", async () => {
    gate.origin.upgrade = (request, connection) =>
      connection.end("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
    const socket = await openWebSocket(gate.url, "/live", [bearer()]);
    assert.equal(socket.status, 426);
    socket.close();
    gate.origin.upgrade = acceptWebSocket((text) => `echo ${text}`);
  });

  test("the gate's own endpoints are no WebSockets", async () => {
    const before = gate.origin.requests.length;
    const socket = await openWebSocket(gate.url, "/auth/session", [bearer()]);
    assert.equal(socket.status, 200);
    socket.close();
    assert.equal(gate.origin.requests.length, before);
  });
});
