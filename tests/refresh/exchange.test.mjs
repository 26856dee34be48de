import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { eventually } from "../edge/gate_fixture.mjs";
import { claims, newKey, now, sign } from "../edge/tokens.mjs";
import { startRefreshGate } from "./refresh_fixture.mjs";

let gate;
before(async () => {
  gate = await startRefreshGate();
});
after(() => gate.dispose());
beforeEach(() => {
  gate.questions.length = 0;
  gate.answer = ({ sub }) => ({ status: 200, body: gate.pairFor(sub) });
});

const refresh = async (token, init) => {
  const response = await gate.post("/auth/refresh", { grant_type: "refresh_token", refresh_token: token }, init);
  return { status: response.status, headers: response.headers, body: await response.json() };
};

test("a good refresh token is exchanged for the origin's pair, in the members of RFC 6749", async () => {
  const { status, headers, body } = await refresh(gate.refreshToken());
  assert.equal(status, 200);
  assert.equal(headers.get("cache-control"), "no-store");
  assert.deepEqual(Object.keys(body).sort(), ["access_token", "expires_in", "refresh_token", "scope", "token_type"]);
  assert.equal(body.token_type, "Bearer");
  assert.ok(body.expires_in > 590 && body.expires_in <= 600);
  assert.equal((await gate.get("/api", body.access_token)).status, 200);
});

test("the origin is asked once, with a form, a grant type and a quoted idempotency key", async () => {
  const token = gate.refreshToken();
  await refresh(token);
  assert.equal(gate.questions.length, 1);
  const [{ fields, headers }] = gate.questions;
  assert.deepEqual(fields, { grant_type: "refresh_token", refresh_token: token });
  assert.match(headers["idempotency-key"], /^"[\w-]{43}"$/);
  assert.ok(!headers["idempotency-key"].includes(token));
});

test("a caller whose answer was lost gets the same pair again, and the origin is not asked again", async () => {
  const token = gate.refreshToken();
  const first = await refresh(token);
  const again = await refresh(token);
  assert.equal(again.body.access_token, first.body.access_token);
  assert.equal(again.body.refresh_token, first.body.refresh_token);
  assert.equal(gate.questions.length, 1);
});

test("a JSON body is as good as a form", async () => {
  const response = await fetch(`${gate.url}/auth/refresh`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ refresh_token: gate.refreshToken() }),
  });
  assert.equal(response.status, 200);
});

test("what cannot be genuine never reaches the origin", async () => {
  const cases = {
    signature_mismatch: sign({ ...gate.keys.refresh, k: newKey("x").k }, claims(), { typ: "rt+jwt" }),
    key_not_found: sign(newKey("unknown"), claims(), { typ: "rt+jwt" }),
    expired: gate.refreshToken({ exp: now() - 3600 }),
    malformed_token: "abc",
    token_too_large: "a".repeat(1_000_000),
    type_mismatch: gate.refreshToken({ token_use: "access" }),
  };
  for (const [reason, token] of Object.entries(cases)) {
    const { status, body } = await refresh(token);
    assert.deepEqual(
      [status, body.error, body.code, body.action, body.reason],
      [400, "invalid_grant", "refresh_token_invalid", "login", reason],
    );
  }
  const access = await refresh(sign(gate.keys.access));
  assert.equal(access.body.code, "refresh_token_invalid");
  assert.equal((await gate.get("/api", gate.refreshToken())).status, 401);
  assert.equal(gate.questions.length, 0);
});

test("no refresh token at all is an invalid request", async () => {
  const response = await gate.post("/auth/refresh", {});
  const body = await response.json();
  assert.deepEqual([response.status, body.error, body.code, body.action], [400, "invalid_request", "refresh_token_missing", "login"]);
});

test("a definite no of the origin is final", async () => {
  const nos = [
    { status: 400, body: { error: "invalid_grant" } },
    { status: 401, body: "" },
    { status: 403, body: {} },
  ];
  for (const no of nos) {
    gate.answer = () => no;
    const { status, body } = await refresh(gate.refreshToken());
    assert.deepEqual([status, body.error, body.code, body.action], [400, "invalid_grant", "refresh_token_rejected", "login"]);
  }
});

test("whatever is unclear signs nobody out, and the token can be tried again", async () => {
  const soon = (seconds) => new Date(Date.now() + seconds * 1000).toUTCString();
  const unclear = [
    ["status_500", { status: 500, body: "" }],
    ["status_502", { status: 502, body: "<html>" }],
    ["status_429", { status: 429, body: "", headers: { "Retry-After": "7" } }, [7]],
    ["status_503", { status: 503, body: "", headers: { "Retry-After": "40" } }, [40]],
    ["status_503", { status: 503, body: "", headers: { "Retry-After": soon(100) } }, [98, 99, 100]],
    ["status_503", { status: 503, body: "", headers: { "Retry-After": soon(-100) } }],
    ["status_503", { status: 503, body: "", headers: { "Retry-After": "soon" } }],
    ["status_503", { status: 503, body: "", headers: { "Retry-After": "99999999" } }, [3600]],
    ["unusable_body", { status: 200, body: "<html>" }],
    ["unusable_body", { status: 200, body: { token_type: "Bearer" } }],
    ["unusable_body", { status: 200, body: `{"access_token":"${"a".repeat(70_000)}"}` }],
    ["status_400", { status: 400, body: { error: "invalid_client" } }],
    ["status_403", { status: 403, body: "<html>blocked</html>" }],
    ["status_302", { status: 302, body: "", headers: { Location: "/elsewhere" } }],
  ];
  for (const [reason, answer, seconds = [5]] of unclear) {
    const token = gate.refreshToken();
    gate.answer = () => answer;
    const { status, headers, body } = await refresh(token);
    assert.deepEqual(
      [status, body.error, body.code, body.action],
      [503, "temporarily_unavailable", "origin_unavailable", "retry"],
      JSON.stringify(answer),
    );
    assert.ok(seconds.includes(body.retry_after), `${JSON.stringify(answer)}: ${body.retry_after}`);
    assert.equal(headers.get("retry-after"), String(body.retry_after));
    const line = await gate.decision(body.request_id);
    assert.deepEqual([line.level, line.code, line.reason], ["error", "origin_unavailable", reason]);
    gate.answer = ({ sub }) => ({ status: 200, body: gate.pairFor(sub) });
    assert.equal((await refresh(token)).status, 200);
  }
});

test("a pair that the gate would refuse is not handed out", async () => {
  const other = newKey("access-1");
  const cases = {
    signature_mismatch: (sub) => gate.pairFor(sub, { accessKey: other }),
    expired: (sub) => gate.pairFor(sub, { access: { exp: now() - 100 } }),
    audience_mismatch: (sub) => gate.pairFor(sub, { access: { aud: "https://other.test" } }),
    subject_mismatch: () => gate.pairFor("somebody-else"),
    refresh_token_signature_mismatch: (sub) => gate.pairFor(sub, { refreshKey: newKey("refresh-1") }),
  };
  for (const [reason, pair] of Object.entries(cases)) {
    gate.answer = ({ sub }) => ({ status: 200, body: pair(sub) });
    const token = gate.refreshToken();
    const { status, body } = await refresh(token);
    assert.deepEqual(
      [status, body.error, body.code, body.action, body.reason],
      [502, "server_error", "issued_token_unusable", "login", reason],
    );
    // The token is spent: asking again must not look like reuse to the origin.
    const asked = gate.questions.length;
    assert.equal((await refresh(token)).body.reason, reason);
    assert.equal(gate.questions.length, asked);
  }
});

test("an origin that does not rotate keeps its refresh token", async () => {
  gate.answer = ({ sub }) => {
    const { refresh_token: _, ...rest } = gate.pairFor(sub);
    return { status: 200, body: rest };
  };
  const { status, body } = await refresh(gate.refreshToken());
  assert.equal(status, 200);
  assert.equal(body.refresh_token, undefined);
});

test("a logout tells the origin, and what was kept is gone", async () => {
  const token = gate.refreshToken();
  const { body: pair } = await refresh(token);
  const response = await gate.post("/auth/logout", { refresh_token: token });
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { active: false });
  const told = () => gate.questions.filter(({ path }) => path === "/revoke").map(({ fields }) => fields.token);
  await eventually("the end of both", () => told().length === 2);
  assert.deepEqual(told().sort(), [token, pair.refresh_token].sort());
  gate.answer = () => ({ status: 400, body: { error: "invalid_grant" } });
  assert.equal((await refresh(token)).body.code, "refresh_token_rejected");
});

test("only POST is answered", async () => {
  const response = await gate.get("/auth/refresh");
  assert.equal(response.status, 405);
  assert.equal(response.headers.get("allow"), "POST");
});
