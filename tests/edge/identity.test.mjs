// The origin learns who is calling from headers that only the gate can set.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { startGate } from "./gate_fixture.mjs";
import { requestText } from "./raw_http.mjs";
import { claims, keyOfSecret, keySet, newKey, newSecret, now, sign } from "./tokens.mjs";

const IDENTITY = ["X-Auth-Subject", "X-Auth-Key-Id", "X-Auth-Scope", "X-Auth-Expires"];
const RESERVED = [...IDENTITY, "X-Request-Id"];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const key = newKey("2026-07");
const routes = [{ path: "/public/*", access: "public" }];

/** Every way to spell a header with hyphens or underscores, each in four cases. */
function spellings(name) {
  const [first, ...rest] = name.split("-");
  const separated = rest.reduce((all, part) => all.flatMap((text) => [`${text}-${part}`, `${text}_${part}`]), [first]);
  const alternating = (text) => [...text].map((c, at) => (at % 2 ? c.toUpperCase() : c.toLowerCase())).join("");
  return separated.flatMap((text) => [text, text.toLowerCase(), text.toUpperCase(), alternating(text)]);
}

const forged = RESERVED.flatMap(spellings).map((name) => [name, "forged-by-the-caller"]);

describe("identity", () => {
  let gate;

  before(async () => {
    gate = await startGate({ gate: { routes }, secrets: { ACCESS_KEYS: keySet(key) } });
  });

  /** The headers that the origin saw of a request with this token. */
  async function seenWith(token, headers = {}, path = "/list_events") {
    const response = await gate.get(path, token, { headers });
    assert.equal(response.status, 200);
    return (await response.json()).headers;
  }

  test("a good token reaches the origin with the identity that the gate has verified", async () => {
    const payload = claims({ scope: "read write" });
    const seen = await seenWith(sign(key, payload));
    assert.equal(seen["x-auth-subject"], payload.sub);
    assert.equal(seen["x-auth-key-id"], "2026-07");
    assert.equal(seen["x-auth-scope"], "read write");
    assert.equal(seen["x-auth-expires"], String(payload.exp));
    assert.match(seen["x-request-id"], UUID);
  });

  test("forged identity headers are gone, in every case and with underscores, and the true ones are there", async () => {
    const token = sign(key);
    const response = await gate.raw("/list_events", { headers: [...forged, ["Authorization", `Bearer ${token}`]] });
    assert.equal(response.status, 200);
    const seen = gate.origin.requests.at(-1);
    assert.deepEqual(seen.rawHeaders.filter((text) => text.includes("forged")), []);
    assert.match(seen.headers["x-auth-subject"], /^user-/);
    const reserved = seen.rawHeaders.filter((name, at) => at % 2 === 0 && /^x[-_](auth|request)[-_]/i.test(name));
    assert.deepEqual(reserved.toSorted(), ["X-Auth-Expires", "X-Auth-Key-Id", "X-Auth-Subject", "X-Request-Id"]);
  });

  test("forged identity headers are gone on public routes, with and without a token", async () => {
    for (const authorization of [[], [["Authorization", `Bearer ${sign(key)}`]]]) {
      const response = await gate.raw("/public/logo", { headers: [...forged, ...authorization] });
      assert.equal(response.status, 200);
      const seen = gate.origin.requests.at(-1);
      assert.deepEqual(seen.rawHeaders.filter((text) => text.includes("forged")), []);
      // Nobody has looked at the token, so nobody vouches for it.
      assert.deepEqual(IDENTITY.filter((name) => name.toLowerCase() in seen.headers), []);
    }
  });

  test("forged identity headers are gone on CORS preflights", async () => {
    const preflight = [["Origin", "https://app.test"], ["Access-Control-Request-Method", "POST"]];
    const response = await gate.raw("/list_events", { method: "OPTIONS", headers: [...forged, ...preflight] });
    assert.equal(response.status, 200);
    assert.deepEqual(gate.origin.requests.at(-1).rawHeaders.filter((text) => text.includes("forged")), []);
  });

  test("a header that the token gives no value for stays absent, also when it was forged", async () => {
    const payload = claims({ sub: undefined, scope: undefined });
    const seen = await seenWith(sign(key, payload), { "X-Auth-Subject": "admin", "X-Auth-Scope": "admin" });
    assert.equal(seen["x-auth-subject"], undefined);
    assert.equal(seen["x-auth-scope"], undefined);
  });

  test("a key without a kid leaves X-Auth-Key-Id absent", async () => {
    const secret = newSecret();
    const bare = await startGate({ secrets: { ACCESS_SECRET: secret } });
    const token = sign(keyOfSecret(secret));
    const response = await bare.get("/list_events", token, { headers: { "X-Auth-Key-Id": "forged" } });
    assert.equal((await response.json()).headers["x-auth-key-id"], undefined);
  });

  test("scope arrives space-separated, whether the token says `scope` or `scp`", async () => {
    assert.equal((await seenWith(sign(key, claims({ scope: " read  write " }))))["x-auth-scope"], "read write");
    assert.equal((await seenWith(sign(key, claims({ scp: ["read", "write"] }))))["x-auth-scope"], "read write");
    assert.equal((await seenWith(sign(key, claims({ scope: "read", scp: ["admin"] }))))["x-auth-scope"], "read");
  });

  test("an element of `scp` that holds a space does not become two scopes", async () => {
    const seen = await seenWith(sign(key, claims({ scp: ["read admin", "list"] })));
    assert.ok(!seen["x-auth-scope"].split(" ").includes("admin"), seen["x-auth-scope"]);
    assert.ok(seen["x-auth-scope"].split(" ").includes("list"));
  });

  test("a fraction of a second in exp is rounded down", async () => {
    const exp = now() + 600;
    const seen = await seenWith(sign(key, `{"iss":"https://issuer.test","aud":"https://api.test","exp":${exp}.9}`));
    assert.equal(seen["x-auth-expires"], String(exp));
  });

  test("every subject has a header value of its own, and none breaks out of the header", async () => {
    const subjects = [
      "user\nX-Auth-Scope: admin", "user\r\nX-Auth-Scope: admin", "user\rX-Auth-Scope: admin", "user\u0000nul", "user\ttab",
      " user", "user ", "  user", "user", "%20user", "user%0Aadmin", "user\nadmin", "100%", "100%25", "ünï", "%C3%BCn%C3%AF",
      "😀 emoji", "\u2028line", "\u007fdelete", "\u0085next", "\u00a0nbsp", '"quoted"', "back\\slash", "a,b", "a;b=c", "x".repeat(2000),
    ];
    const values = [];
    for (const sub of subjects) {
      const seen = await seenWith(sign(key, claims({ sub })));
      assert.equal(decodeURIComponent(seen["x-auth-subject"]), sub, JSON.stringify(sub));
      assert.equal(seen["x-auth-scope"], undefined);
      values.push(seen["x-auth-subject"]);
    }
    assert.equal(new Set(values).size, subjects.length);
  });

  test("a scope cannot break out of its header", async () => {
    const seen = await seenWith(sign(key, claims({ sub: "user", scope: "read\nX-Auth-Subject:admin" })));
    assert.equal(seen["x-auth-subject"], "user");
    assert.equal(decodeURIComponent(seen["x-auth-scope"]), "read\nX-Auth-Subject:admin");
  });

  test("a request id from outside is replaced by the gate's own, a new one each time", async () => {
    const ids = new Set();
    for (let count = 0; count < 3; count += 1) {
      const seen = await seenWith(sign(key), { "X-Request-Id": "chosen-by-the-caller" });
      assert.match(seen["x-request-id"], UUID);
      ids.add(seen["x-request-id"]);
    }
    assert.equal(ids.size, 3);
  });

  test("headers whose names only resemble those of the identity pass", async () => {
    const seen = await seenWith(sign(key), { "X-Auth": "a", "X-Auth-Subjects": "b", "X-Authorization": "c" });
    assert.deepEqual([seen["x-auth"], seen["x-auth-subjects"], seen["x-authorization"]], ["a", "b", "c"]);
  });
});

describe("the Authorization header", () => {
  test("goes on to the origin as it came, unless configured otherwise", async () => {
    const gate = await startGate({ gate: { routes }, secrets: { ACCESS_KEYS: keySet(key) } });
    const token = sign(key);
    await gate.rawText(requestText("/x", { headers: [["authorization", `bEaReR ${token}`]] }));
    assert.equal(gate.origin.requests.at(-1).headers.authorization, `bEaReR ${token}`);
    await gate.get("/public/x", undefined, { headers: { Authorization: "Basic dXNlcjpwYXNz" } });
    assert.equal(gate.origin.requests.at(-1).headers.authorization, "Basic dXNlcjpwYXNz");
  });

  test("stays at the gate with `forward_authorization = false`, on public routes, too", async () => {
    const gate = await startGate({
      gate: { routes, forward_authorization: false },
      secrets: { ACCESS_KEYS: keySet(key) },
    });
    for (const path of ["/list_events", "/public/x"]) {
      assert.equal((await gate.get(path, sign(key))).status, 200);
      assert.equal(gate.origin.requests.at(-1).headers.authorization, undefined);
    }
  });
});
