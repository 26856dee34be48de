// Pages of other origins: their preflights pass to the API, and they can read what the gate itself answers, if they may.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { startGate, startGates } from "./gate_fixture.mjs";
import { keySet, newKey, sign } from "./tokens.mjs";

const key = newKey("a");
const secrets = { ACCESS_KEYS: keySet(key) };
const APP = "https://app.test";
const preflight = (origin = APP, method = "POST") => ({
  method: "OPTIONS",
  headers: {
    Origin: origin,
    "Access-Control-Request-Method": method,
    "Access-Control-Request-Headers": "authorization,content-type",
  },
});

function corsHeaders(response) {
  return Object.fromEntries([...response.headers].filter(([name]) => name.startsWith("access-control-") || name === "vary"));
}

describe("cross-origin requests", () => {
  let plain;
  let readable;
  let withCookies;

  before(async () => {
    const routes = [{ path: "/admin/*", scope: "admin" }];
    const origins = [APP, "https://other-app.test"];
    [plain, readable, withCookies] = await startGates([
      { gate: { routes }, secrets },
      { gate: { routes, cors: { origins } }, secrets },
      { gate: { routes, cors: { origins: APP, credentials: true } }, secrets },
    ]);
  });

  test("a preflight passes to the origin without a token, and its answer comes back as it is", async () => {
    const { origin } = plain;
    const respond = origin.respond;
    origin.respond = (request, response) => {
      response.writeHead(204, { "Access-Control-Allow-Origin": "*", "Access-Control-Max-Age": "7" }).end();
    };
    for (const gate of [plain, readable]) {
      for (const path of ["/list_events", "/admin/users"]) {
        const before = origin.requests.length;
        const response = await gate.get(path, undefined, preflight());
        assert.equal(response.status, 204);
        assert.deepEqual(corsHeaders(response), { "access-control-allow-origin": "*", "access-control-max-age": "7" });
        const seen = origin.requests.at(-1);
        assert.equal(origin.requests.length, before + 1);
        assert.deepEqual([seen.method, seen.headers.origin], ["OPTIONS", APP]);
        assert.equal(seen.headers["access-control-request-method"], "POST");
      }
    }
    origin.respond = respond;
  });

  test("only a preflight is a preflight", async () => {
    const before = plain.origin.requests.length;
    for (const [method, headers] of [
      ["OPTIONS", {}],
      ["OPTIONS", { Origin: APP }],
      ["OPTIONS", { "Access-Control-Request-Method": "GET" }],
      ["GET", { Origin: APP, "Access-Control-Request-Method": "GET" }],
      ["POST", { Origin: APP, "Access-Control-Request-Method": "GET" }],
    ]) {
      assert.equal((await plain.get("/list_events", undefined, { method, headers })).status, 401);
    }
    assert.equal(plain.origin.requests.length, before);
  });

  test("a refusal can be read by a page of a configured origin", async () => {
    for (const [path, token, status] of [["/list_events", undefined, 401], ["/admin/x", sign(key), 403], ["/auth/session", "a.b.c", 401]]) {
      const response = await readable.get(path, token, { headers: { Origin: APP } });
      assert.equal(response.status, status);
      assert.equal(response.headers.get("access-control-allow-origin"), APP);
      assert.equal(response.headers.get("access-control-allow-credentials"), null);
      assert.match(response.headers.get("vary"), /\bOrigin\b/i);
      const exposed = response.headers.get("access-control-expose-headers").toLowerCase().split(", ");
      for (const name of ["www-authenticate", "retry-after", "x-edgewarden-action"]) assert.ok(exposed.includes(name), name);
    }
  });

  test("each configured origin gets its own name back, and only that", async () => {
    for (const origin of [APP, "https://other-app.test"]) {
      const response = await readable.get("/x", undefined, { headers: { Origin: origin } });
      assert.equal(response.headers.get("access-control-allow-origin"), origin);
    }
  });

  test("a page of any other origin can read nothing", async () => {
    const others = [
      "https://evil.test", "http://app.test", "https://app.test.evil.test", "https://app.test:444", "https://APP.test", "null",
      "https://evil.test/https://app.test", `${APP}, ${APP}`, "",
    ];
    for (const origin of others) {
      for (const path of ["/list_events", "/auth/session", "/auth/health"]) {
        const response = await readable.get(path, undefined, { headers: { Origin: origin } });
        assert.equal(response.headers.get("access-control-allow-origin"), null, origin);
        // What is kept for one page is not shown to another.
        assert.match(response.headers.get("vary"), /\bOrigin\b/i);
      }
    }
  });

  test("without configured origins no answer of the gate speaks of CORS", async () => {
    for (const path of ["/list_events", "/auth/session", "/auth/health"]) {
      assert.deepEqual(corsHeaders(await plain.get(path, undefined, { headers: { Origin: APP } })), {});
    }
  });

  test("session and health can be read by a page of a configured origin", async () => {
    for (const path of ["/auth/session", "/auth/health"]) {
      const response = await readable.get(path, sign(key), { headers: { Origin: APP } });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("access-control-allow-origin"), APP);
    }
  });

  test("credentials are allowed where they are configured", async () => {
    const response = await withCookies.get("/list_events", undefined, { headers: { Origin: APP } });
    assert.equal(response.headers.get("access-control-allow-credentials"), "true");
    const foreign = await withCookies.get("/list_events", undefined, { headers: { Origin: "https://evil.test" } });
    assert.equal(foreign.headers.get("access-control-allow-credentials"), null);
  });

  test("a preflight to the gate's own endpoints is answered by the gate", async () => {
    const before = readable.origin.requests.length;
    const response = await readable.get("/auth/session", undefined, preflight(APP, "GET"));
    assert.equal(response.status, 204);
    assert.equal(response.headers.get("access-control-allow-origin"), APP);
    assert.match(response.headers.get("access-control-allow-methods"), /\bGET\b/);
    assert.match(response.headers.get("access-control-allow-headers"), /\bAuthorization\b/i);
    const foreign = await readable.get("/auth/session", undefined, preflight("https://evil.test", "GET"));
    assert.equal(foreign.headers.get("access-control-allow-origin"), null);
    assert.equal((await plain.get("/auth/session", undefined, preflight(APP, "GET"))).status, 405);
    assert.equal(readable.origin.requests.length, before);
  });

  test("the origin's own answers are left alone", async () => {
    const response = await readable.get("/list_events", sign(key), { headers: { Origin: APP } });
    assert.equal(response.status, 200);
    assert.deepEqual(corsHeaders(response), {});
  });

  test("a page can read that the API is down", async () => {
    const settings = { gate: { cors: { origins: [APP] } }, secrets, vars: { ORIGIN: "http://127.0.0.1:9" } };
    const down = await startGate(settings);
    const response = await down.get("/list_events", sign(key), { headers: { Origin: APP } });
    assert.equal(response.status, 502);
    assert.equal(response.headers.get("access-control-allow-origin"), APP);
  });
});
