// What the gate answers by itself, below its mount. Nothing of that ever reaches the origin.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { startGate } from "./gate_fixture.mjs";
import { claims, keySet, newKey, now, sign } from "./tokens.mjs";

const key = newKey("2026-07");
const routes = [{ path: "/public/*", access: "public" }, { path: "/admin/*", scope: "admin" }];

describe("endpoints", () => {
  let gate;

  before(async () => {
    gate = await startGate({ gate: { routes }, secrets: { ACCESS_KEYS: keySet(key) } });
  });

  test("session tells who the caller is, without asking the origin", async () => {
    const payload = claims({ scope: "read write", exp: now() + 300 });
    const response = await gate.get("/auth/session", sign(key, payload));
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "application/json");
    assert.equal(response.headers.get("cache-control"), "no-store");
    const { expires_in: left, ...rest } = await response.json();
    const { sub, exp } = payload;
    assert.deepEqual(rest, { active: true, sub, scope: "read write", exp, kid: "2026-07" });
    assert.ok(Number.isInteger(left) && left > 290 && left <= 300, String(left));
    assert.equal(gate.origin.requests.length, 0);
  });

  test("session says null for what the token does not say", async () => {
    const body = await (await gate.get("/auth/session", sign(key, claims({ sub: undefined })))).json();
    assert.equal(body.sub, null);
    assert.equal(body.scope, "");
  });

  test("session gives texts back as they are, quotes and all", async () => {
    const sub = 'a "quoted"\n\\ sub\u0000ject 😀 \u2028 </script>';
    const body = await (await gate.get("/auth/session", sign(key, claims({ sub, scope: 'say"hi"' })))).json();
    assert.equal(body.sub, sub);
    assert.equal(body.scope, 'say"hi"');
  });

  test("within the leeway nothing is left of a token, and that is not a negative number", async () => {
    const body = await (await gate.get("/auth/session", sign(key, claims({ exp: now() - 10 })))).json();
    assert.equal(body.active, true);
    assert.equal(body.expires_in, 0);
  });

  test("session refuses as every other path does", async () => {
    for (const [token, status, code, action] of [
      [undefined, 401, "missing_token", "login"],
      [sign(key, claims({ exp: now() - 100 })), 401, "expired", "refresh"],
      [sign(newKey("2026-07")), 401, "signature_mismatch", "refresh"],
    ]) {
      const response = await gate.get("/auth/session", token);
      assert.equal(response.status, status);
      assert.equal(response.headers.get("content-type"), "application/problem+json");
      assert.equal(response.headers.get("x-edgewarden-action"), action);
      assert.match(response.headers.get("www-authenticate"), /^Bearer realm="api"/);
      assert.equal((await response.json()).code, code);
    }
  });

  test("health answers ok, with or without a token", async () => {
    for (const token of [undefined, sign(key), "nonsense"]) {
      const response = await gate.get("/auth/health", token);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("cache-control"), "no-store");
      assert.deepEqual(await response.json(), { status: "ok" });
    }
  });

  test("health names warnings, and is well all the same", async () => {
    const exp = now() + 3600;
    const weak = newKey("legacy", { k: Buffer.from("pR7!kq").toString("base64url"), exp, "edgewarden:weak": true });
    const warned = await startGate({ secrets: { ACCESS_KEYS: keySet(key, weak) } });
    const response = await warned.get("/auth/health");
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { status: "ok", warnings: ["access_keys_weak_secret"] });
  });

  for (const endpoint of ["session", "verify", "health"]) {
    test(`${endpoint} answers HEAD as GET, without a body`, async () => {
      const asked = await gate.get(`/auth/${endpoint}`, sign(key));
      const response = await gate.get(`/auth/${endpoint}`, sign(key), { method: "HEAD" });
      assert.equal(response.status, asked.status);
      assert.equal(response.headers.get("content-type"), asked.headers.get("content-type"));
      assert.equal(await response.text(), "");
    });

    for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      test(`${endpoint} answers ${method} with 405 and the methods that it has`, async () => {
        const before = gate.origin.requests.length;
        const response = await gate.get(`/auth/${endpoint}`, sign(key), { method });
        assert.equal(response.status, 405);
        assert.equal(response.headers.get("allow"), "GET, HEAD");
        const body = await response.json();
        assert.equal(body.code, "method_not_allowed");
        assert.equal(body.action, "stop");
        assert.equal(gate.origin.requests.length, before);
      });
    }
  }

  for (const path of [
    "/auth", "/auth/", "/auth/unknown", "/auth/session/", "/auth/session/x", "/auth//session", "/auth/Session",
    "/auth/session%20", "/auth/sessio%6e", "/auth/session;x", "/auth/session.json", "/auth/..%2fx", "/auth/%2e%2e%2fx",
    "/auth/refresh/x", "/auth/admin?x=/public/y",
  ]) {
    test(`${path} is no endpoint, and never reaches the origin`, async () => {
      const before = gate.origin.requests.length;
      for (const headers of [[], [["Authorization", `Bearer ${sign(key)}`]]]) {
        const response = await gate.raw(path, { headers });
        assert.equal(response.status, 404);
        const { code, action, type, error } = response.json();
        assert.deepEqual(
          { code, action, type, error },
          {
            code: "endpoint_not_found",
            action: "stop",
            type: "urn:edgewarden:problem:endpoint_not_found",
            error: "invalid_request",
          },
        );
      }
      assert.equal(gate.origin.requests.length, before);
    });
  }

  test("a query does not change the endpoint", async () => {
    assert.equal((await gate.get("/auth/session?access_token=x", sign(key))).status, 200);
    assert.equal((await gate.get("/auth/health?")).status, 200);
  });

  test("what only resembles the mount is a path like any other", async () => {
    for (const path of ["/AUTH/session", "/%61uth/session", "//auth/session", "/authors", "/x/auth/session"]) {
      const before = gate.origin.requests.length;
      const refused = await gate.raw(path);
      assert.equal(refused.status, 401, path);
      assert.equal(gate.origin.requests.length, before, path);
      const response = await gate.raw(path, { headers: [["Authorization", `Bearer ${sign(key)}`]] });
      assert.equal(response.status, 200, path);
      assert.equal(gate.origin.requests.at(-1).url, path);
    }
  });

  test("dot segments do not lead out of the mount unjudged", async () => {
    const before = gate.origin.requests.length;
    for (const path of ["/auth/../list_events", "/auth/%2e%2e/list_events", "/auth/session/../../list_events"]) {
      assert.ok([401, 404].includes((await gate.raw(path)).status), path);
    }
    assert.equal(gate.origin.requests.length, before);
  });

  test("a mount of one's own moves all endpoints, and leaves /auth to the origin", async () => {
    const moved = await startGate({ gate: { mount: "/.gate/v1" }, secrets: { ACCESS_KEYS: keySet(key) } });
    assert.equal((await moved.get("/.gate/v1/health")).status, 200);
    assert.equal((await moved.get("/.gate/v1/session", sign(key))).status, 200);
    assert.equal((await moved.get("/.gate/v1/nothing", sign(key))).status, 404);
    assert.equal(moved.origin.requests.length, 0);
    assert.equal((await moved.get("/auth/health", sign(key))).status, 200);
    assert.equal(moved.origin.requests.length, 1);
  });
});
