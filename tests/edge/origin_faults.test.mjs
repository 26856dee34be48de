// An origin that is down, silent or broken: a clear answer that says "try again", nobody signed out, and nothing lost.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { startGate } from "./gate_fixture.mjs";
import { claims, fingerprint, keySet, newKey, sign } from "./tokens.mjs";
import { openWebSocket } from "./websocket_peer.mjs";

const key = newKey("2026-07");
const secrets = { ACCESS_KEYS: keySet(key) };
const routes = [{ path: "/public/*", access: "public" }, { path: "/admin/*", scope: "admin" }];

async function assertUnavailable(response) {
  assert.equal(response.status, 502);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.equal(response.headers.get("x-edgewarden-action"), "retry");
  assert.equal(response.headers.get("www-authenticate"), null);
  const { title, detail, request_id: requestId, retry_after: retryAfter, ...rest } = await response.json();
  assert.deepEqual(rest, {
    type: "urn:edgewarden:problem:origin_unavailable",
    status: 502,
    error: "temporarily_unavailable",
    code: "origin_unavailable",
    action: "retry",
  });
  assert.ok(title.length > 10 && detail.length > 10);
  assert.equal(response.headers.get("retry-after"), String(retryAfter));
  assert.ok(Number.isInteger(retryAfter) && retryAfter > 0);
  return requestId;
}

describe("an origin that is down", () => {
  let gate;

  before(async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const { port } = closed.address();
    await new Promise((resolve) => closed.close(resolve));
    gate = await startGate({ gate: { routes }, secrets, vars: { ORIGIN: `http://127.0.0.1:${port}` } });
  });

  test("is answered for with 502, a problem body and the action retry", async () => {
    await assertUnavailable(await gate.get("/list_events", sign(key)));
    await assertUnavailable(await gate.get("/positions", sign(key), { method: "POST", body: "position" }));
    await assertUnavailable(await gate.get("/public/logo"));
  });

  test("is answered for in the same way when its address is none that a request could be sent to", async () => {
    const nowhere = await startGate({ secrets, vars: { ORIGIN: "http://1.2.3.4.5.6" } });
    await assertUnavailable(await nowhere.get("/list_events", sign(key)));
    await assertUnavailable(await nowhere.get("/list_events", sign(key), { method: "POST", body: "position" }));
  });

  test("does not soften a refusal", async () => {
    assert.equal((await gate.get("/list_events")).status, 401);
    assert.equal((await gate.get("/admin/users", sign(key))).status, 403);
  });

  test("does not concern the gate's own endpoints", async () => {
    assert.equal((await gate.get("/auth/session", sign(key))).status, 200);
    assert.equal((await gate.get("/auth/health")).status, 200);
  });

  test("is logged as an error, with the token's fingerprint, its key and the route", async () => {
    const token = sign(key, claims({ scope: "admin" }));
    const id = await assertUnavailable(await gate.get("/admin/users", token));
    const { duration, why, ...line } = await gate.decision(id);
    assert.deepEqual(line, {
      event: "decision",
      level: "error",
      code: "origin_unavailable",
      action: "retry",
      kid: "2026-07",
      token: fingerprint(token),
      route: "/admin/*",
      request_id: id,
    });
    assert.ok(why.length > 10);
    assert.ok(Number.isInteger(duration));
    assert.equal(gate.logs().filter(({ request_id: other }) => other === id).length, 1);
  });

  test("is logged for public requests, too, without a token", async () => {
    const id = await assertUnavailable(await gate.get("/public/logo", sign(key)));
    const { code, kid, token, route } = await gate.decision(id);
    assert.deepEqual({ code, kid, token, route }, { code: "origin_unavailable", kid: null, token: null, route: "/public/*" });
  });

  test("answers HEAD without a body, and a WebSocket's upgrade in plain HTTP", async () => {
    const head = await gate.get("/list_events", sign(key), { method: "HEAD" });
    assert.equal(head.status, 502);
    assert.equal(await head.text(), "");
    const socket = await openWebSocket(gate.url, "/live", [["Authorization", `Bearer ${sign(key)}`]]);
    assert.equal((await socket.response()).json().code, "origin_unavailable");
    socket.close();
  });
});

describe("an origin that misbehaves", () => {
  const TIMEOUT_MS = 250;
  let gate;
  let reflect;

  before(async () => {
    gate = await startGate({ gate: { routes, origin_timeout_ms: TIMEOUT_MS }, secrets });
    reflect = gate.origin.respond;
  });

  /** How the origin answers one request; afterwards it is well again, and so is the gate. */
  async function withOrigin(respond, check) {
    gate.origin.respond = respond;
    await check();
    gate.origin.respond = reflect;
    assert.equal((await gate.get("/list_events", sign(key))).status, 200);
  }

  test("and hangs: the same answer, when the time is up", async () => {
    await withOrigin(() => {}, async () => {
      const started = Date.now();
      const token = sign(key);
      const id = await assertUnavailable(await gate.get("/list_events", token));
      const took = Date.now() - started;
      assert.ok(took >= TIMEOUT_MS - 10 && took < TIMEOUT_MS + 3000, `${took} ms`);
      const line = await gate.decision(id);
      assert.equal(line.token, fingerprint(token));
      assert.match(line.why, /in time/);
      assert.ok(line.duration >= TIMEOUT_MS - 10);
    });
  });

  test("and hangs while others are answered: only who waits for it is kept waiting", async () => {
    const hanging = (request, response, seen) => (seen.url === "/hang" ? undefined : reflect(request, response, seen));
    await withOrigin(hanging, async () => {
      const waiting = gate.get("/hang", sign(key));
      assert.equal((await gate.get("/list_events", sign(key))).status, 200);
      await assertUnavailable(await waiting);
    });
  });

  test("and resets the connection", async () => {
    await withOrigin((request) => request.socket.resetAndDestroy(), async () => {
      await assertUnavailable(await gate.get("/list_events", sign(key)));
    });
  });

  test("and closes the connection without a word: a request is not sent twice", async () => {
    for (const method of ["GET", "POST"]) {
      const before = gate.origin.requests.length;
      await withOrigin((request) => request.socket.destroy(), async () => {
        const body = method === "POST" ? "position" : undefined;
        await assertUnavailable(await gate.get("/positions", sign(key), { method, body }));
        assert.equal(gate.origin.requests.length, before + 1);
      });
    }
  });

  test("and speaks no HTTP", async () => {
    await withOrigin((request) => request.socket.end("220 mail.test ESMTP\r\n"), async () => {
      await assertUnavailable(await gate.get("/list_events", sign(key)));
    });
  });

  test("and is slow after it has begun: its answer is not cut off", async () => {
    const slow = async (request, response) => {
      response.writeHead(200).flushHeaders();
      for (let part = 0; part < 4; part += 1) {
        await sleep(TIMEOUT_MS / 2);
        response.write(`part ${part};`);
      }
      response.end();
    };
    await withOrigin(slow, async () => {
      const response = await gate.get("/events", sign(key));
      assert.equal(response.status, 200);
      assert.equal(await response.text(), "part 0;part 1;part 2;part 3;");
    });
  });

  test("and breaks off in the middle of its answer: half an answer is not passed off as a whole one", async () => {
    const half = (request, response) => {
      response.writeHead(200, { "Content-Length": "100" }).write("half an answer");
      setTimeout(() => response.destroy(), 50);
    };
    await withOrigin(half, async () => {
      const response = await gate.get("/events", sign(key));
      assert.equal(response.status, 200);
      await assert.rejects(response.text());
    });
  });

  test("with an error of its own is not covered up", async () => {
    await withOrigin((request, response) => response.writeHead(503, { "Retry-After": "7" }).end("at lunch"), async () => {
      const response = await gate.get("/events", sign(key));
      assert.equal(response.status, 503);
      assert.equal(response.headers.get("retry-after"), "7");
      assert.equal(response.headers.get("x-edgewarden-action"), null);
      assert.equal(await response.text(), "at lunch");
    });
  });

  test("does not keep the log from one line for each request", async () => {
    const requestIds = [];
    for (const respond of [() => {}, (request) => request.socket.destroy(), reflect]) {
      gate.origin.respond = respond;
      const response = await gate.get("/list_events", sign(key));
      requestIds.push(response.headers.get("x-request-id") ?? (await response.json()).headers["x-request-id"]);
    }
    gate.origin.respond = reflect;
    const codes = [];
    for (const id of requestIds) {
      await gate.decision(id);
      codes.push(...gate.logs().filter(({ request_id: other }) => other === id).map(({ code }) => code));
    }
    assert.deepEqual(codes, ["origin_unavailable", "origin_unavailable", "ok"]);
  });
});

describe("a bound service that fails", () => {
  test("is answered for in the same way", async () => {
    const script = `export default { fetch(request) {
      if (request.url.endsWith("/hang")) return new Promise((resolve) => setTimeout(resolve, 60_000));
      throw new Error("the service is broken");
    } };`;
    const gate = await startGate({
      gate: { origin_timeout_ms: 250 },
      secrets,
      vars: { ORIGIN: undefined },
      serviceBindings: { ORIGIN_SERVICE: "service" },
      workers: [{ name: "service", modules: true, script, compatibilityDate: "2026-04-01" }],
    });
    await assertUnavailable(await gate.get("/list_events", sign(key)));
    await assertUnavailable(await gate.get("/hang", sign(key)));
  });
});
