// One line of JSON for each decision: enough to help whoever calls in with a request id, and nothing that would harm.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { eventually, startGate } from "./gate_fixture.mjs";
import { claims, fingerprint, keySet, newKey, now, sign } from "./tokens.mjs";

const key = newKey("2026-07");
const revoked = newKey("leaked", { revoked: { revoked_at: now(), reason: "compromised" } });
const quoted = newKey('the "old" \\ key');
const routes = [
  { path: "/public/*", access: "public" },
  { path: "/admin/*", scope: "admin" },
  { path: '/say/"hi"/*', scope: "x" },
];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe("logs", () => {
  let gate;

  before(async () => {
    gate = await startGate({ gate: { routes }, secrets: { ACCESS_KEYS: keySet(key, revoked, quoted) } });
  });

  async function lineAbout(response) {
    const id = response.headers.get("x-request-id") ?? (await response.json()).headers["x-request-id"];
    const { request_id: requestId, duration, ...line } = await gate.decision(id);
    assert.match(requestId, UUID);
    assert.ok(Number.isInteger(duration) && duration >= 0);
    return line;
  }

  test("an allowed request: code ok, its key, the token's fingerprint, the route, and what the origin said", async () => {
    const token = sign(key, claims({ scope: "admin" }));
    assert.deepEqual(await lineAbout(await gate.get("/admin/users?id=42", token)), {
      event: "decision",
      code: "ok",
      action: "none",
      kid: "2026-07",
      token: fingerprint(token),
      route: "/admin/*",
      status: 200,
    });
  });

  test("a refused one: its code, action, and what exactly was wrong", async () => {
    const token = sign(key, claims({ exp: now() - 1000 }));
    const { why, ...line } = await lineAbout(await gate.get("/list_events", token));
    assert.deepEqual(line, {
      event: "decision",
      code: "expired",
      action: "refresh",
      kid: "2026-07",
      token: fingerprint(token),
      route: "*",
    });
    assert.match(why, /exp/);
  });

  test("a public one: no token, whatever was sent", async () => {
    const line = await lineAbout(await gate.get("/public/logo", sign(key)));
    const { code, kid, token, route } = line;
    assert.deepEqual({ code, kid, token, route }, { code: "public", kid: null, token: null, route: "/public/*" });
  });

  test("a preflight: no token", async () => {
    const headers = { Origin: "https://app.test", "Access-Control-Request-Method": "POST" };
    const line = await lineAbout(await gate.get("/x", sign(key), { method: "OPTIONS", headers }));
    assert.deepEqual([line.code, line.token, line.route], ["public", null, "(preflight)"]);
  });

  test("a question about a session", async () => {
    const token = sign(key);
    const line = await lineAbout(await gate.get("/auth/session", token));
    assert.deepEqual([line.code, line.token, line.route], ["ok", fingerprint(token), "(session)"]);
  });

  test("a token under a revoked key is an incident, and an error", async () => {
    const token = sign(revoked);
    const { level, code, kid, token: shown } = await lineAbout(await gate.get("/x", token));
    assert.deepEqual({ level, code, kid, shown }, { level: "error", code: "key_revoked", kid: "leaked", shown: fingerprint(token) });
  });

  test("a foreign token's own kid is not repeated", async () => {
    const line = await lineAbout(await gate.get("/x", sign(newKey("kid-of-somebody-else"))));
    assert.equal(line.code, "key_not_found");
    assert.equal(line.kid, null);
    assert.ok(!gate.output().includes("kid-of-somebody-else"));
  });

  test("odd names of keys and routes leave the line JSON", async () => {
    const line = await lineAbout(await gate.get('/say/"hi"/x', sign(quoted)));
    assert.deepEqual([line.kid, line.route], [quoted.kid, '/say/"hi"/*']);
  });

  test("the path and the query are not shown: they hold what people put there", async () => {
    await lineAbout(await gate.get("/users/jane@example.test?password=hunter2hunter2", sign(key)));
    assert.ok(!gate.output().includes("jane@example") && !gate.output().includes("hunter2"));
  });

  test("the gate's health, an unknown endpoint and a wrong method are no decisions", async () => {
    const count = () => gate.logs().length;
    const before = count();
    for (const [path, method] of [["/auth/health", "GET"], ["/auth/nothing", "GET"], ["/auth/session", "POST"]]) {
      await (await gate.get(path, sign(key), { method })).text();
    }
    await lineAbout(await gate.get("/x", sign(key)));
    assert.equal(count(), before + 1);
  });

  test("exactly one line for each of many requests at once", async () => {
    const kinds = [["/x", sign(key)], ["/x", undefined], ["/public/x", undefined], ["/auth/session", sign(key)], ["/admin/x", sign(key)]];
    const responses = await Promise.all(
      Array.from({ length: 60 }, (_, at) => gate.get(...kinds[at % kinds.length], { headers: { "X-At": String(at) } })),
    );
    const ids = [];
    for (const response of responses) {
      ids.push(response.headers.get("x-request-id") ?? (await response.json()).headers["x-request-id"]);
    }
    assert.equal(new Set(ids).size, 60);
    for (const id of ids) await gate.decision(id);
    const lines = gate.logs().filter(({ request_id: id }) => ids.includes(id));
    assert.equal(lines.length, 60);
  });

  test("nothing is on the console but lines of JSON", async () => {
    const lines = gate.output().split("\n").filter((line) => line !== "");
    assert.ok(lines.length > 60);
    for (const line of lines) assert.ok(["decision"].includes(JSON.parse(line).event));
  });

  test('with `log = "refusals"` only refusals have a line, and outages', async () => {
    const quiet = await startGate({
      gate: { routes, log: "refusals", origin_timeout_ms: 200 },
      secrets: { ACCESS_KEYS: keySet(key) },
    });
    assert.equal((await quiet.get("/x", sign(key))).status, 200);
    assert.equal((await quiet.get("/public/x")).status, 200);
    assert.equal((await quiet.get("/auth/session", sign(key))).status, 200);
    assert.equal((await quiet.get("/auth/verify", sign(key))).status, 204);
    assert.equal((await quiet.get("/x")).status, 401);
    quiet.origin.respond = () => {};
    const token = sign(key);
    assert.equal((await quiet.get("/x", token)).status, 502);
    const lines = await eventually("two lines", () => quiet.logs().length >= 2 && quiet.logs());
    assert.deepEqual(lines.map(({ code }) => code), ["missing_token", "origin_unavailable"]);
    assert.deepEqual([lines[1].kid, lines[1].token, lines[1].route], ["2026-07", fingerprint(token), "*"]);
  });
});
