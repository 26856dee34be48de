// `GET {mount}/verify`: the judgement for a proxy that forwards by itself, and asks first.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { startGate } from "./gate_fixture.mjs";
import { claims, fingerprint, keySet, newKey, now, sign } from "./tokens.mjs";

const key = newKey("2026-07");
const routes = [
  { path: "/login", methods: ["POST"], access: "public" },
  { path: "/public/*", access: "public" },
  { path: "/admin/*", scope: "admin" },
  { path: "/orders", methods: ["DELETE"], scope: "orders:delete" },
];

describe("forward authentication", () => {
  let gate;

  before(async () => {
    gate = await startGate({ gate: { routes }, secrets: { ACCESS_KEYS: keySet(key) } });
  });

  /** Asks about a request, as a proxy does. */
  function ask(token, { method, uri, headers = {} } = {}) {
    const about = { ...(method && { "X-Forwarded-Method": method }), ...(uri !== undefined && { "X-Forwarded-Uri": uri }) };
    return gate.get("/auth/verify", token, { headers: { ...about, ...headers } });
  }

  test("a good token is answered with 204 and the identity, for the proxy to pass on", async () => {
    const payload = claims({ scope: "read write" });
    const response = await ask(sign(key, payload), { method: "GET", uri: "/list_events?x=y" });
    assert.equal(response.status, 204);
    assert.equal(response.headers.get("x-auth-subject"), payload.sub);
    assert.equal(response.headers.get("x-auth-key-id"), "2026-07");
    assert.equal(response.headers.get("x-auth-scope"), "read write");
    assert.equal(response.headers.get("x-auth-expires"), String(payload.exp));
    assert.match(response.headers.get("x-request-id"), /^[0-9a-f-]{36}$/);
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.equal(await response.text(), "");
    assert.equal(gate.origin.requests.length, 0);
  });

  test("forged identity headers on the question do not come back as an answer", async () => {
    const forged = { "X-Auth-Subject": "forged", "X-Auth-Scope": "admin", "X-Request-Id": "forged" };
    for (const uri of ["/list_events", "/public/x"]) {
      const response = await ask(sign(key, claims({ sub: undefined })), { uri, headers: forged });
      assert.equal(response.status, 204);
      assert.equal(response.headers.get("x-auth-subject"), null);
      assert.equal(response.headers.get("x-auth-scope"), null);
      assert.notEqual(response.headers.get("x-request-id"), "forged");
    }
  });

  test("a subject that no header can hold arrives encoded", async () => {
    const sub = "user\r\nX-Auth-Scope: admin 😀 100%";
    const response = await ask(sign(key, claims({ sub })), { uri: "/x" });
    assert.equal(decodeURIComponent(response.headers.get("x-auth-subject")), sub);
    assert.equal(response.headers.get("x-auth-scope"), null);
  });

  for (const [what, token, code, action] of [
    ["no token", undefined, "missing_token", "login"],
    ["an expired token", sign(key, claims({ exp: now() - 100 })), "expired", "refresh"],
    ["a forged token", sign(newKey("2026-07")), "signature_mismatch", "refresh"],
    ["a token for others", sign(key, claims({ aud: "https://other.invalid" })), "audience_mismatch", "stop"],
  ]) {
    test(`${what} is answered with 401, ${code}, and the challenge`, async () => {
      const response = await ask(token, { method: "GET", uri: "/list_events" });
      assert.equal(response.status, 401);
      assert.equal(response.headers.get("x-edgewarden-action"), action);
      assert.match(response.headers.get("www-authenticate"), /^Bearer realm="api"/);
      const body = await response.json();
      assert.equal(body.code, code);
      assert.equal(body.status, 401);
    });
  }

  test("a missing scope is answered with 403, and the scope that is needed", async () => {
    const response = await ask(sign(key), { method: "GET", uri: "/admin/users" });
    assert.equal(response.status, 403);
    assert.match(response.headers.get("www-authenticate"), /error="insufficient_scope".*scope="admin"$/);
    assert.equal((await response.json()).code, "insufficient_scope");
  });

  test("two tokens are answered with 401: a proxy takes 400 for a fault of the gate", async () => {
    const response = await gate.raw("/auth/verify", {
      headers: [["Authorization", `Bearer ${sign(key)}`], ["Authorization", `Bearer ${sign(key)}`]],
    });
    assert.equal(response.status, 401);
    const body = response.json();
    assert.equal(body.code, "multiple_tokens");
    assert.equal(body.status, 401);
  });

  test("no answer but 204, 401, 403 is ever given to a question about a token", async () => {
    const tokens = [undefined, "", "a.b.c", ".".repeat(9000), sign(key), sign(key, "[]"), sign(key, claims({ nbf: now() + 300 }))];
    for (const token of tokens) {
      for (const uri of ["/x", "/admin/x", "", "%", "//", "/\\..", "?", "http://other.test/x"]) {
        const { status } = await ask(token, { method: "GET", uri });
        assert.ok([204, 401, 403].includes(status), `${uri}: ${status}`);
      }
    }
  });

  test("the route is that of the forwarded method and path", async () => {
    for (const [method, uri, status] of [
      ["POST", "/login", 204],
      ["GET", "/login", 401],
      ["GET", "/public/logo.svg?v=2", 204],
      ["GET", "/list_events", 401],
      ["DELETE", "/orders", 401],
    ]) {
      assert.equal((await ask(undefined, { method, uri })).status, status, `${method} ${uri}`);
    }
    assert.equal((await ask(sign(key), { method: "DELETE", uri: "/orders" })).status, 403);
    assert.equal((await ask(sign(key), { method: "GET", uri: "/orders" })).status, 204);
  });

  test("a public route needs no token, does not look at one, and vouches for nobody", async () => {
    for (const token of [undefined, "nonsense", sign(key)]) {
      const response = await ask(token, { method: "GET", uri: "/public/logo.svg" });
      assert.equal(response.status, 204);
      assert.equal(response.headers.get("x-auth-subject"), null);
    }
  });

  test("without a forwarded path a valid token is needed", async () => {
    assert.equal((await ask(undefined)).status, 401);
    assert.equal((await ask(undefined, { uri: "" })).status, 401);
    assert.equal((await ask(sign(key))).status, 204);
  });

  test("a CORS preflight passes, as it does at the gate", async () => {
    const preflight = { Origin: "https://app.test", "Access-Control-Request-Method": "POST" };
    assert.equal((await ask(undefined, { method: "OPTIONS", uri: "/list_events", headers: preflight })).status, 204);
    assert.equal((await ask(undefined, { method: "GET", uri: "/list_events", headers: preflight })).status, 401);
    assert.equal((await ask(undefined, { method: "OPTIONS", uri: "/list_events" })).status, 401);
  });

  for (const uri of [
    "/admin?next=http://x/public/logo", "/admin?x=://x/public/logo", "/admin#://x/public/logo", "/admin?://x/login",
    "/public/../admin", "/public/%2e%2e/admin", "/public/..%2fadmin", "//admin", "/ADMIN", "/admin;x", "/%61dmin",
    "http://gate.test/admin?x=http://x/public/y", "http://x?/public/y", "http://x\\admin/../public/y", "public/x", "/public/x, /admin",
  ]) {
    test(`the path in ${uri} opens nothing`, async () => {
      assert.equal((await ask(undefined, { method: "GET", uri })).status, 401);
    });
  }

  test("an absolute URI is judged by its path", async () => {
    assert.equal((await ask(undefined, { uri: "https://gate.test/public/x?y=z" })).status, 204);
    assert.equal((await ask(sign(key), { uri: "https://gate.test/admin/x" })).status, 403);
  });

  test("each answer has its line in the log", async () => {
    const token = sign(key);
    for (const [given, uri, code, route] of [
      [token, "/list_events", "ok", "*"],
      [token, "/admin/x", "insufficient_scope", "/admin/*"],
      [undefined, "/public/x", "public", "/public/*"],
    ]) {
      const response = await ask(given, { method: "GET", uri });
      const line = await gate.decision(response.headers.get("x-request-id"));
      assert.equal(line.code, code);
      assert.equal(line.route, route);
      assert.equal(line.token, given === undefined ? null : fingerprint(given));
    }
  });
});
