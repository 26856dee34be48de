// The parts of the session client that decide something on their own.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { imported } from "./bundle.mjs";

const { serverClock } = await imported("clock.ts");
const { renewalDelay, backOffDelay } = await imported("delays.ts");
const { grantOf, isBearerToken, remainingOf } = await imported("grant.ts");
const { isReplayable } = await imported("replayable.ts");
const { reachOf } = await imported("reach.ts");
const { outcomeOf } = await imported("exchange.ts");

const date = (milliseconds) => new Headers({ Date: new Date(milliseconds).toUTCString() });
const jwt = (claims) => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.sig`;

describe("the server's clock", () => {
  test("knows nothing until a response tells it, and then goes on by itself", () => {
    let elapsed = 500;
    const clock = serverClock(() => elapsed);
    assert.ok(Number.isNaN(clock.now()));
    clock.observe(new Headers());
    clock.observe(new Headers({ Date: "yesterday" }));
    assert.ok(Number.isNaN(clock.now()));
    clock.observe(date(1_000_000));
    assert.equal(clock.now(), 1_000_000);
    elapsed += 2500;
    assert.equal(clock.now(), 1_002_500);
  });

  test("is not set back by a response that was cached, or slow, and is set forward after the machine has slept", () => {
    let elapsed = 0;
    const clock = serverClock(() => elapsed);
    clock.observe(date(1_000_000));
    clock.observe(date(400_000));
    assert.equal(clock.now(), 1_000_000);
    elapsed += 1000;
    clock.observe(date(9_000_000));
    assert.equal(clock.now(), 9_000_000);
  });
});

describe("delays", () => {
  test("the lead is at most a quarter of the life, and its jitter a fifth of that", () => {
    assert.equal(renewalDelay(900_000, 900_000, 60_000, 0), 840_000);
    assert.equal(renewalDelay(900_000, 900_000, 60_000, 1), 828_000);
    assert.equal(renewalDelay(100_000, 100_000, 60_000, 0), 75_000);
    assert.equal(renewalDelay(100_000, 100_000, Infinity, 1), 70_000);
  });

  test("what has expired is due at once; no lead, no life, no knowledge: never", () => {
    assert.equal(renewalDelay(-5, 900_000, 60_000, 0), 0);
    for (const never of [renewalDelay(900_000, 900_000, 0), renewalDelay(1000, 1000, 60_000), renewalDelay(NaN, NaN, 60_000)]) {
      assert.ok(Number.isNaN(never));
    }
  });

  test("the back-off doubles up to sixty times the first wait, whatever the jitter", () => {
    assert.deepEqual([1, 2, 3, 7, 50, 5000].map((n) => backOffDelay(n, 0, 1000, 1)), [1000, 2000, 4000, 60_000, 60_000, 60_000]);
    assert.equal(backOffDelay(1, 0, 1000, 0), 500);
    assert.equal(backOffDelay(1, 7000, 1000, 1), 7000);
    assert.equal(backOffDelay(1, 1e15, 1000, 1), 3_600_000);
  });
});

describe("a grant", () => {
  const clock = (now = NaN) => ({ elapsed: () => 10_000, now: () => now });
  const of = (tokens, previous, cookie = false, now) => grantOf(tokens, previous, cookie, clock(now));

  test("expires_in comes before the token's own times, and needs no clock", () => {
    const grant = of({ access_token: jwt({ iat: 5, exp: 6 }), expires_in: 60 });
    assert.equal(grant.until, 70_000);
    assert.equal(remainingOf(grant, clock(1e12)), 60_000);
    assert.equal(of({ access_token: "opaque", expires_in: "60" }).until, 70_000);
  });

  test("exp - iat needs none either; exp alone waits for the server's", () => {
    assert.equal(of({ access_token: jwt({ iat: 1000, exp: 1060 }) }).until, 70_000);
    const grant = of({ access_token: jwt({ exp: 1060 }) });
    assert.equal(grant.until, undefined);
    assert.ok(Number.isNaN(remainingOf(grant, clock())));
    assert.equal(remainingOf(grant, clock(1_000_000)), 60_000);
  });

  test("a token that is new cannot have expired: its exp is not believed then", () => {
    assert.ok(Number.isNaN(remainingOf(of({ access_token: jwt({ exp: 1060 }) }, undefined, false, 2_000_000), clock(2_000_000))));
  });

  test("nothing in a payload throws or means more than it should", () => {
    for (const token of ["a", "a.b", "a.b.c", "..", jwt(null), jwt("x"), jwt([]), jwt({ exp: "soon", iat: {} }), jwt({ exp: 1e400 }), jwt({ exp: 5, iat: 9 })]) {
      const grant = of({ access_token: token });
      if (grant) assert.equal(grant.until, undefined, token);
    }
  });

  test("a session keeps its name, counts its pairs, and keeps a refresh token that is not replaced", () => {
    const first = of({ access_token: "a", refresh_token: "r1" });
    const second = of({ access_token: "b" }, first);
    assert.deepEqual([second.session, second.serial, second.refreshToken], [first.session, 2, "r1"]);
    assert.equal(of({ access_token: "c", refresh_token: "r2" }, second).refreshToken, "r2");
    assert.notEqual(of({ access_token: "a" }).session, first.session);
  });

  test("in cookie mode no token is kept, even where one is given", () => {
    const grant = of({ access_token: "a", refresh_token: "r", expires_in: 60 }, { session: "", serial: 0 }, true);
    assert.doesNotMatch(JSON.stringify(grant), /"a"|"r"/);
    assert.equal(grant.serial, 1);
    assert.ok(grant.session);
  });

  test("only what RFC 6750 calls a b64token is a bearer token", () => {
    for (const good of ["a", "aA0-._~+/==", jwt({})]) assert.equal(isBearerToken(good), true, good);
    for (const bad of ["", "=", "a b", "a\n", "a\r\nX: y", "ä", "a=b", "a,b", null, undefined, 5, {}]) assert.equal(isBearerToken(bad), false, String(bad));
  });
});

describe("where the token may go", () => {
  const within = (prefix, url) => reachOf([].concat(prefix))(new Request(url).url);

  test("an origin is that origin, whatever looks like it", () => {
    const api = "https://api.example.com";
    for (const url of [api, `${api}/`, `${api}/x?y#z`, `${api}:443/x`, "HTTPS://API.example.com/x"]) assert.equal(within(api, url), true, url);
    for (const url of [
      "http://api.example.com/",
      "https://api.example.com:8443/",
      "https://api.example.com.evil.test/",
      "https://evil.test/https://api.example.com/",
      "https://evil.test/?https://api.example.com/",
      "https://evil.test/#https://api.example.com/",
      "https://evil.test\\@api.example.com/",
      "https://xapi.example.com/",
      "blob:https://api.example.com/0-0",
      "data:,https://api.example.com/",
    ]) {
      assert.equal(within(api, url), false, url);
    }
  });

  test("a path ends at a slash, after dots have been resolved", () => {
    const api = "https://a.test/api";
    for (const path of ["/api", "/api/", "/api/x", "/api?x", "/api#x", "/y/../api/x"]) assert.equal(within(api, "https://a.test" + path), true, path);
    for (const path of ["/", "/apiary", "/api/../x", "/api/%2e%2E/x", "/API", "/api%2fx", "/x?/api/"]) assert.equal(within(api, "https://a.test" + path), false, path);
    assert.equal(within("https://a.test/api/?q#f", "https://a.test/api/x"), true);
    assert.equal(within("https://a.test/api/", "https://a.test/api"), false);
  });

  test("several, and none", () => {
    assert.equal(within(["https://a.test", "https://b.test/v1"], "https://b.test/v1/x"), true);
    assert.equal(within([], "https://a.test/"), false);
  });
});

test("only a body that is a stream may not be sent twice", () => {
  const url = "https://a.test/";
  const post = (body, more) => ({ method: "POST", body, ...more });
  for (const body of [undefined, null, "", "text", new URLSearchParams("a=1"), new Blob(["x"]), new ArrayBuffer(1), new Uint8Array(1), new DataView(new ArrayBuffer(1)), new FormData()]) {
    assert.equal(isReplayable(url, post(body)), true, String(body));
  }
  for (const body of [new ReadableStream(), new Response("x").body]) assert.equal(isReplayable(url, post(body)), false);
  assert.equal(isReplayable(new URL(url)), true);
  assert.equal(isReplayable(url, undefined), true);
  assert.equal(isReplayable(new Request(url)), true);
  assert.equal(isReplayable(new Request(url, { method: "DELETE" })), true);
  assert.equal(isReplayable(new Request(url, post("x"))), false);
  assert.equal(isReplayable(new Request(url, post("x")), { body: "y" }), true);
  assert.equal(isReplayable(new Request(url), post(new ReadableStream())), false);
});

test("a refresh: what is a pair, what is a no, and what passes", async () => {
  const json = (status, body, headers = {}) => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
  const text = (status, body, type = "text/plain", headers = {}) => new Response(body, { status, headers: { "Content-Type": type, ...headers } });
  const kind = async (answer) => {
    const outcome = await outcomeOf(answer);
    return outcome.tokens ? "pair" : "retryAfter" in outcome ? outcome.retryAfter : "no";
  };
  for (const [answer, expected] of [
    [json(200, { access_token: "a" }), "pair"],
    [{ access_token: "a" }, "pair"],
    [new Response(null, { status: 204 }), "pair"],
    [{ ok: true, status: 200, headers: new Headers(), clone: () => ({ json: async () => ({ access_token: "a" }) }) }, "pair"],
    [{ ok: false, status: 500, headers: new Headers(), clone: () => ({ json: async () => ({}) }) }, 0],
    [null, "no"],
    [json(400, { action: "login" }), "no"],
    [json(502, { action: "login" }), "no"],
    [json(503, { action: "login" }), "no"],
    [text(400, "", "text/plain", { "X-Edgewarden-Action": "login" }), "no"],
    [json(400, { error: "invalid_grant" }), "no"],
    [json(401, { error: "invalid_client" }), "no"],
    [json(403, {}), "no"],
    [text(401, ""), "no"],
    [json(400, { action: "retry", error: "invalid_grant" }), 0],
    [json(400, { error: "temporarily_unavailable" }), 0],
    [json(503, { action: "retry", retry_after: 5 }), 5000],
    [json(503, {}, { "Retry-After": "7" }), 7000],
    [json(503, { retry_after: "soon" }, { "Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT" }), 0],
    [text(401, "<html>", "text/html; charset=utf-8"), 0],
    [text(200, "<html>", "text/html"), 0],
    [text(200, "{", "application/json"), 0],
    [json(200, null), 0],
    [text(307, ""), 0],
    [text(404, ""), 0],
    [text(408, ""), 0],
    [text(429, ""), 0],
    [text(500, ""), 0],
    [text(599, ""), 0],
  ]) {
    assert.deepEqual(await kind(answer), expected, answer instanceof Response ? `${answer.status} ${JSON.stringify([...answer.headers])}` : String(answer));
  }
});
