// Everything that an origin can do wrong, through the example origin and its ledger: what the caller is told, what he is to do
// next, and that nothing is consumed where nothing is clear.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import { decodeJwt } from "jose";

import { startGate } from "../edge/gate_fixture.mjs";
import { AUDIENCE, ISSUER, startOrigin } from "../origin/origin_fixture.mjs";

const EMAIL = "ada@example.com";
const PASSWORD = "correct horse battery";

/** Milliseconds that callers wait. */
const TIMEOUT = 1500;

let origin;
let gate;
before(async () => {
  origin = await startOrigin({ faults: true });
  await origin.addUser({ id: "user-ada", email: EMAIL, password: PASSWORD, scope: "events" });
  gate = await startGate(settings());
});
after(async () => {
  await gate?.dispose();
  await origin?.dispose();
});

let token;
beforeEach(async () => {
  await fault("none");
  token = (await (await origin.login(EMAIL, PASSWORD)).json()).refresh_token;
});

function settings(url = origin.url) {
  return {
    secrets: { ACCESS_KEYS: JSON.stringify(origin.keys.access), REFRESH_KEYS: JSON.stringify(origin.keys.refresh) },
    vars: { ORIGIN: url },
    gate: { issuer: ISSUER, audience: AUDIENCE, refresh: { url: "/refresh", revoke_url: "/revoke", timeout_ms: TIMEOUT } },
    durableObjects: { REFRESH_GATE: { className: "RefreshGate", useSQLite: true } },
  };
}

async function fault(mode, more = {}) {
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ mode, ...more });
  const response = await fetch(`${origin.url}/dev/fault`, { method: "POST", headers, body });
  assert.equal(response.status, 200);
}

async function refresh() {
  const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: token });
  const response = await fetch(`${gate.url}/auth/refresh`, { method: "POST", body });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const questions = async () => (await ledger()).counters.refresh_questions;
const ledger = async () => (await fetch(`${origin.url}/dev/ledger`)).json();

/** The token's row in the ledger, and its successors. */
async function row() {
  const rows = (await ledger()).refresh_tokens;
  const found = rows.find(({ id }) => id === decodeJwt(token).jti);
  return { ...found, family: rows.filter(({ family }) => family === found.family).length };
}

/** `reason`: the word in the log; the caller is not told it. */
async function assertRetry({ status, headers, body }, reason, seconds = 5) {
  assert.deepEqual(
    [status, body.error, body.code, body.action, body.retry_after],
    [503, "temporarily_unavailable", "origin_unavailable", "retry", seconds],
  );
  assert.equal(headers.get("retry-after"), String(seconds));
  assert.equal(headers.get("cache-control"), "no-store");
  assert.equal(headers.get("x-edgewarden-action"), "retry");
  assert.deepEqual([body.access_token, body.refresh_token, body.reason], [undefined, undefined, undefined]);
  const line = await gate.decision(body.request_id);
  assert.deepEqual([line.level, line.code, line.reason], ["error", "origin_unavailable", reason]);
}

const UNCLEAR = {
  error_500: ["status_500"],
  error_502: ["status_502"],
  rate_limited: ["status_429", 2],
  html: ["unusable_body"],
  no_access_token: ["unusable_body"],
  reset: ["unreachable"],
};
for (const [mode, [reason, seconds]] of Object.entries(UNCLEAR)) {
  test(`${mode}: try again, nothing is consumed, and trying again works`, async () => {
    await fault(mode);
    await assertRetry(await refresh(), reason, seconds);
    const { used, revoked, family } = await row();
    assert.deepEqual([used, revoked, family], [null, null, 1]);
    await fault("none");
    assert.equal((await refresh()).status, 200);
    assert.equal((await row()).family, 2);
  });
}

test("unclear over and over: asked once for each attempt, never twice for one", async () => {
  await fault("error_500");
  const asked = await questions();
  for (let i = 1; i <= 4; i += 1) {
    await assertRetry(await refresh(), "status_500");
    assert.equal(await questions(), asked + i);
  }
});

test("connection refused: try again, and trying again works when it is back", async () => {
  const closed = createServer().listen(0, "127.0.0.1");
  await once(closed, "listening");
  const { port } = closed.address();
  closed.close();
  await once(closed, "close");
  await gate.update(settings(`http://127.0.0.1:${port}`));
  await assertRetry(await refresh(), "unreachable");
  await gate.update(settings());
  assert.equal((await refresh()).status, 200);
});

test("the connection is reset before, and in the middle of, an answer", async () => {
  const beginnings = ["", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"access_token\":\"ey"];
  const rude = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      const beginning = beginnings.shift();
      if (beginning) socket.write(beginning, () => setTimeout(() => socket.resetAndDestroy(), 20));
      else socket.resetAndDestroy();
    });
  }).listen(0, "127.0.0.1");
  await once(rude, "listening");
  await gate.update(settings(`http://127.0.0.1:${rude.address().port}`));
  await assertRetry(await refresh(), "unreachable");
  await assertRetry(await refresh(), "unreachable");
  assert.equal(beginnings.length, 0);
  rude.close();
  await gate.update(settings());
  assert.equal((await refresh()).status, 200);
});

test("it hangs past the timeout: try again in time; its late answer is the one that counts", async () => {
  await fault("late", { delay_ms: TIMEOUT + 2500, times: 1 });
  const asked = await questions();
  const started = Date.now();
  const late = await refresh();
  assert.ok(Date.now() - started < TIMEOUT + 2000);
  await assertRetry(late, "timeout");
  let answer = await refresh();
  for (let i = 0; i < 5 && answer.status === 503; i += 1) answer = await refresh();
  assert.equal(answer.status, 200);
  assert.equal(await questions(), asked + 1);
  const { successor, family, revoked } = await row();
  assert.equal(decodeJwt(answer.body.refresh_token).jti, successor);
  assert.deepEqual([family, revoked], [2, null]);
});

test("its answer is lost after it has exchanged the token: try again, and its repetition counts", async () => {
  await fault("drop_after_commit", { times: 1 });
  await assertRetry(await refresh(), "unreachable");
  const { successor } = await row();
  const answer = await refresh();
  assert.equal(answer.status, 200);
  assert.equal(decodeJwt(answer.body.refresh_token).jti, successor);
  const { family, revoked } = await row();
  assert.deepEqual([family, revoked], [2, null]);
});

for (const mode of ["invalid_grant", "empty_401"]) {
  test(`${mode}: this is a no, and final`, async () => {
    await fault(mode);
    const { status, headers, body } = await refresh();
    assert.deepEqual(
      [status, body.error, body.code, body.action],
      [400, "invalid_grant", "refresh_token_rejected", "login"],
    );
    assert.equal(headers.get("x-edgewarden-action"), "login");
    assert.equal(headers.get("cache-control"), "no-store");
    const asked = await questions();
    assert.equal((await refresh()).body.code, "refresh_token_rejected");
    assert.equal(await questions(), asked);
  });
}

const UNUSABLE = { wrong_secret: "signature_mismatch", expired_token: "expired", other_subject: "subject_mismatch" };
for (const [mode, reason] of Object.entries(UNUSABLE)) {
  test(`${mode}: 200 of the origin is no success, and the pair is shown to nobody`, async () => {
    await fault(mode, { times: 1 });
    const { status, headers, body } = await refresh();
    assert.deepEqual(
      [status, body.error, body.code, body.action, body.reason],
      [502, "server_error", "issued_token_unusable", "login", reason],
    );
    assert.equal(headers.get("x-edgewarden-action"), "login");
    assert.deepEqual([body.access_token, body.refresh_token], [undefined, undefined]);
    const asked = await questions();
    assert.equal((await refresh()).body.reason, reason);
    assert.equal(await questions(), asked);
  });
}

test("what the origin's own ledger ended is over here, too", async () => {
  assert.equal((await origin.post("/revoke", { token })).status, 200);
  const { status, body } = await refresh();
  assert.deepEqual([status, body.code, body.action], [400, "refresh_token_rejected", "login"]);
});
