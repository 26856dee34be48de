// Where allowed requests go: a URL, maybe with a path before every request's own, or a bound service.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { startGate } from "./gate_fixture.mjs";
import { claims, keySet, newKey, sign } from "./tokens.mjs";
import { startRecordingOrigin } from "./recording_origin.mjs";

const key = newKey("a");
const secrets = { ACCESS_KEYS: keySet(key) };
const routes = [{ path: "/", access: "public" }, { path: "/public/*", access: "public" }];

/** An origin that says what it saw, as a Worker of its own. */
const SERVICE = `export default {
  async fetch(request) {
    const { method, url, headers } = request;
    return Response.json({ method, url, headers: Object.fromEntries(headers), body: await request.text() });
  },
};`;

describe("an origin with a base path", () => {
  for (const [how, untidied] of [["as workerd hands them over", false], ["as they were sent", true]]) {
    describe(`targets ${how}`, () => {
      let gate;
      let server;
      const target = (path) => (untidied ? `http://gate.test${path}` : path);

      before(async () => {
        server = await startRecordingOrigin();
        gate = await startGate({ gate: { routes }, secrets, vars: { ORIGIN: `${server.url}/base/v1/` }, untidied });
      });

      after(() => server.dispose());

      async function reached(path, headers = [["Authorization", `Bearer ${sign(key)}`]]) {
        const before = server.requests.length;
        await gate.raw(target(path), { headers });
        return server.requests.slice(before).map(({ url }) => url);
      }

      test("goes before the request's own path", async () => {
        assert.deepEqual(await reached("/things/1?x=y"), ["/base/v1/things/1?x=y"]);
        assert.deepEqual(await reached("/"), ["/base/v1/"]);
        assert.deepEqual(await reached("//things"), ["/base/v1//things"]);
        assert.deepEqual(await reached("/a/.well-known/b..c/...?x=/../y"), ["/base/v1/a/.well-known/b..c/...?x=/../y"]);
      });

      for (const path of [
        "/../x", "/%2e%2e/x", "/.%2e/x", "/%2e./x", "/%2E%2E/x", "/../../x", "/a/../../x", "/a/%2e%2e/%2e%2e/%2e%2e/x",
        "/..\\x", "/\\..\\..\\x", "/..", "/%2e%2e", "/../../..", "/./%2e%2e/x", "/a/..%5c../x", "/..%2f..%2fx", "/..;/x",
        "/%2e%2e?x", "/%2e%2e#x", "/../base/v2/x",
      ]) {
        test(`cannot be climbed out of with ${path}`, async () => {
          for (const url of await reached(path)) {
            assert.ok(url.startsWith("/base/v1/") || url === "/base/v1", url);
            assert.ok(!/(^|[/\\])\.\.?([/\\?#]|$)/.test(url), url);
          }
        });
      }

      test("is never skipped by a public route", async () => {
        const before = server.requests.length;
        for (const path of ["/public/../x", "/public/%2e%2e/x", "/public/.%2e/%2e%2e/x", "/public\\..\\x"]) {
          await reached(path, []);
        }
        assert.equal(server.requests.length, before);
      });

      test("what is judged is what is asked for, also where a query follows the authority", async () => {
        if (!untidied) return;
        await gate.raw("http://gate.test?next=/admin");
        assert.equal(server.requests.at(-1).url, "/base/v1/?next=/admin");
        const before = server.requests.length;
        await gate.raw("http://gate.test\\admin/../public/x");
        await gate.raw("http://gate.test\\secret/public/x");
        assert.equal(server.requests.length, before);
      });

    });
  }
});

describe("an origin that is a bound service", () => {
  let gate;

  before(async () => {
    gate = await startGate({
      gate: { routes },
      secrets,
      vars: { ORIGIN: undefined },
      serviceBindings: { ORIGIN_SERVICE: "service" },
      workers: [{ name: "service", modules: true, script: SERVICE, compatibilityDate: "2026-04-01" }],
    });
  });

  test("gets the request with the identity, at the address that the client asked for", async () => {
    const payload = claims();
    const response = await gate.get("/things?x=y", sign(key, payload), { method: "POST", body: "hello" });
    assert.equal(response.status, 200);
    const seen = await response.json();
    assert.equal(seen.method, "POST");
    assert.equal(new URL(seen.url).pathname + new URL(seen.url).search, "/things?x=y");
    assert.equal(seen.headers["x-auth-subject"], payload.sub);
    assert.equal(seen.body, "hello");
  });

  test("gets nothing that is refused, and public requests without an identity", async () => {
    assert.equal((await gate.get("/things")).status, 401);
    const response = await gate.get("/public/x", undefined, { headers: { "X-Auth-Subject": "forged" } });
    assert.equal((await response.json()).headers["x-auth-subject"], undefined);
  });

  test("and a URL beside it is an error of the configuration", async () => {
    await gate.update({
      secrets,
      serviceBindings: { ORIGIN_SERVICE: "service" },
      workers: [{ name: "service", modules: true, script: SERVICE, compatibilityDate: "2026-04-01" }],
    });
    assert.equal((await gate.get("/things", sign(key))).status, 503);
    assert.deepEqual((await (await gate.get("/auth/health")).json()).findings, ["origin_ambiguous"]);
    assert.equal(gate.origin.requests.length, 0);
  });
});
