// `POST {mount}/explain`: operators ask why a token is what it is; nobody else gets to know anything, and the log neither.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { before, describe, test } from "node:test";

import { confideSecret, confideToken } from "./confidential.mjs";
import { eventually, startGates } from "./gate_fixture.mjs";
import { claims, fingerprint, keySet, newKey, now, sign } from "./tokens.mjs";

const key = newKey("current");
const retired = newKey("retired", { exp: now() - 1000 });
const refreshKey = newKey("refresh");

/** Such as an operator would make. Whatever answer or line shows it fails this file. */
const OPERATOR_TOKEN = randomBytes(32).toString("base64url");
confideSecret(OPERATOR_TOKEN, "the operator token");

const secrets = { ACCESS_KEYS: keySet(key, retired), REFRESH_KEYS: keySet(refreshKey), OPERATOR_TOKEN };

describe("explain for operators", () => {
  let gate, without, short, placeholder, unsound, keyless;

  before(async () => {
    [gate, without, short, placeholder, unsound, keyless] = await startGates([
      { gate: { leeway: 7 }, secrets },
      { secrets: { ...secrets, OPERATOR_TOKEN: undefined } },
      { secrets: { ...secrets, OPERATOR_TOKEN: OPERATOR_TOKEN.slice(0, 31) } },
      { secrets: { ...secrets, OPERATOR_TOKEN: "OPERATOR_TOKEN".repeat(3) } },
      { gate: { leeway: 7, audiense: "x" }, secrets },
      { secrets: { ...secrets, ACCESS_KEYS: "{}" } },
    ]);
  });

  /** What is asked, as `body`, and with which credentials. */
  function post(body, { at = gate, credentials = `Bearer ${OPERATOR_TOKEN}`, path = "/auth/explain", ...init } = {}) {
    const headers = { "Content-Type": "application/json", ...(credentials ? { Authorization: credentials } : {}) };
    return at.get(path, undefined, { method: "POST", headers, body: typeof body === "string" ? body : JSON.stringify(body), ...init });
  }

  async function report(question, options) {
    const response = await post(question, options);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "application/json");
    assert.equal(response.headers.get("cache-control"), "no-store");
    return { ...(await response.json()), id: response.headers.get("x-request-id") };
  }

  test("answers with the report, by the gate's own keys, policy and clock", async () => {
    const token = sign(key, claims({ exp: now() - 100 }));
    const { id, ...told } = await report({ token });
    assert.deepEqual(Object.keys(told), [
      "cause", "findings", "checks", "header", "claims", "verdict", "not_checked", "token", "times",
    ]);
    assert.equal(told.cause.code, "expired");
    assert.deepEqual(told.verdict, { valid: false, code: "expired", kid: "current" });
    assert.equal(told.token.fingerprint, fingerprint(token));
    assert.equal(told.times.now, null);
    assert.ok(Math.abs(told.times.server_now - now()) < 60);
    assert.equal(told.times.leeway, 7);
    const checks = Object.fromEntries(told.checks.map(({ check, outcome }) => [check, outcome]));
    assert.deepEqual([checks.signature, checks.expiry, checks.issuer], ["passed", "failed", "not_reached"]);
    assert.ok(id);
  });

  test("finds what no refusal tells: the ring, the key, the clock", async () => {
    assert.equal((await report({ token: sign(key) })).cause.code, "ok");
    assert.equal((await report({ token: sign(retired) })).cause.code, "signed_with_retired_key");
    assert.equal((await report({ token: sign(refreshKey, claims(), { kid: undefined }) })).cause.code, "signed_with_other_ring");
    assert.equal((await report({ token: `Bearer ${sign(key)}` })).cause.code, "bearer_prefix");
    assert.equal((await report({ token: sign(key, claims({ aud: "https://other.test" })) })).cause.code, "audience_mismatch");
    const early = await report({ token: sign(key, claims({ nbf: now() + 300 })), now: now() + 300 });
    assert.equal(early.times.now, Math.floor(early.times.now));
    assert.equal(early.cause.code, "clock_skew");
  });

  test("takes the kind and the scope that were needed", async () => {
    const refresh = sign(refreshKey, claims(), { typ: "rt+jwt" });
    assert.equal((await report({ token: refresh, kind: "refresh" })).verdict.valid, true);
    const scoped = await report({ token: sign(key, claims({ scope: "read" })), kind: "access", scope: "read write" });
    assert.equal(scoped.cause.code, "insufficient_scope");
    assert.equal((await report({ token: sign(key), kind: null, now: null, scope: null })).cause.code, "ok");
  });

  test("logs the fingerprint of the token and the cause, and nothing that it holds", async () => {
    const token = sign(key, claims({ email: "jane.doe@example.test", exp: now() - 100 }));
    const { id } = await report({ token });
    const { code, action, reason, token: shown, route, level } = await gate.decision(id);
    assert.deepEqual({ code, action, reason, shown, route, level }, {
      code: "explained", action: "none", reason: "expired", shown: fingerprint(token), route: "(explain)", level: undefined,
    });
    assert.ok(!gate.output().includes("jane.doe"));
  });

  test("does not exist where there is no operator token, or none of use", async () => {
    for (const at of [without, short, placeholder]) {
      for (const credentials of [null, `Bearer ${OPERATOR_TOKEN}`, "Bearer ", `Bearer ${OPERATOR_TOKEN.slice(0, 31)}`]) {
        const response = await post({ token: sign(key) }, { at, credentials });
        assert.equal(response.status, 404);
        assert.equal((await response.json()).code, "endpoint_not_found");
      }
      assert.equal((await at.get("/auth/status", OPERATOR_TOKEN)).status, 404);
      // The gate itself does its work.
      assert.equal((await at.get("/x", sign(key))).status, 200);
    }
    const warnings = async (at) => (await (await at.get("/auth/health")).json()).warnings;
    assert.deepEqual(await warnings(short), ["operator_token_too_short"]);
    assert.deepEqual(await warnings(placeholder), ["operator_token_placeholder"]);
    assert.equal(await warnings(without), undefined);
  });

  test("is for nobody without the operator token", async () => {
    const token = sign(key);
    const wrong = [
      null, `Bearer ${token}`, `Bearer ${OPERATOR_TOKEN}x`, `Bearer ${OPERATOR_TOKEN.slice(1)}`, `Basic ${OPERATOR_TOKEN}`,
      OPERATOR_TOKEN, "Bearer", `Bearer ${OPERATOR_TOKEN} ${OPERATOR_TOKEN}`, `Bearer ${OPERATOR_TOKEN}, Bearer ${OPERATOR_TOKEN}`,
    ];
    for (const credentials of wrong) {
      const response = await post({ token }, { credentials });
      assert.equal(response.status, 401);
      assert.match(response.headers.get("www-authenticate"), /^Bearer realm="api"/);
      assert.equal(response.headers.get("cache-control"), "no-store");
      assert.equal(response.headers.get("x-edgewarden-action"), "stop");
      const problem = await response.json();
      assert.equal(problem.code, "operator_token_required");
      const { code, token: shown } = await gate.decision(problem.request_id);
      assert.deepEqual({ code, shown }, { code: "operator_token_required", shown: null });
    }
    // RFC 6750 §3.1: who sent no credentials is told of no error.
    const bare = await post({ token }, { credentials: null });
    assert.equal(bare.headers.get("www-authenticate"), 'Bearer realm="api"');
    // Nor is the secret a token.
    assert.equal((await gate.get("/x", OPERATOR_TOKEN)).status, 401);
  });

  test("says what it expects of a body", async () => {
    const token = sign(key);
    const bodies = [
      "", "{", "[]", "null", token, { token: 1 }, {}, { kind: "access" }, { token, kind: "id" }, { token, now: "now" }, { token, now: 1e300 },
      { token, scope: ["read"] }, { token, access_keys: { keys: [] } }, { token, policy: {} }, `{"token":"a","token":"b"}`,
      { token, filler: "x".repeat(70_000) }, JSON.stringify({ token: "x".repeat(64 * 1024) }),
    ];
    for (const body of bodies) {
      const response = await post(body);
      assert.equal(response.status, 400);
      const { code, detail, action } = await response.json();
      assert.deepEqual({ code, action }, { code: "malformed_request", action: "stop" });
      assert.match(detail, /`token`.*`kind`.*`now`.*`scope`/);
    }
    for (const method of ["GET", "PUT", "DELETE"]) {
      const response = await gate.get("/auth/explain", OPERATOR_TOKEN, { method });
      assert.equal(response.status, 405);
      assert.equal(response.headers.get("allow"), "POST");
    }
  });

  test("takes any text for a token", async () => {
    for (const token of ["", " ", "a.b.c", "\u0000", "é".repeat(5000), "x".repeat(60_000), "..", `${sign(key)}${sign(key)}`]) {
      confideToken(token);
      const { cause, token: told } = await report({ token });
      assert.notEqual(cause.code, "ok");
      assert.equal(told.bytes, Buffer.byteLength(token));
    }
  });

  test("works where the configuration does not, and says so", async () => {
    const token = sign(key, claims({ exp: now() - 100 }));
    const told = await report({ token }, { at: unsound });
    assert.equal(told.cause.code, "configuration_invalid");
    assert.match(told.cause.fix, /gate_unknown_member/);
    assert.deepEqual(told.verdict, { valid: false, code: "configuration_invalid", kid: null });
    assert.deepEqual(told.findings.slice(0, 2).map(({ code }) => code), ["configuration_invalid", "expired"]);
    assert.equal(told.times.leeway, 7);
    const blind = await report({ token }, { at: keyless });
    assert.equal(blind.cause.code, "configuration_invalid");
    assert.match(blind.cause.fix, /access_keys_/);
  });

  test("asks nobody, and keeps no token for later", async () => {
    const before = gate.origin.requests.length;
    await report({ token: sign(key) });
    assert.equal(gate.origin.requests.length, before);
    await eventually("lines", () => gate.logs().some(({ code }) => code === "explained"));
  });
});
