// Signing out while, or after, the same token is exchanged: whatever answer is on its way is nobody's, and what the origin has
// made of the token does not live on there.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { decodeJwt } from "jose";

import { eventually, POLICY, startGate } from "../edge/gate_fixture.mjs";
import { keySet, now } from "../edge/tokens.mjs";
import { AUDIENCE, ISSUER, startOrigin } from "../origin/origin_fixture.mjs";
import { startRefreshGate } from "./refresh_fixture.mjs";
import { gateProcess } from "./workerd_process.mjs";

const EMAIL = "ada@example.com";
const PASSWORD = "correct horse battery";
/** An origin that a test scripts; it revokes the token that it is told of, and knows of no families. */
let gate;
before(async () => {
  gate = await startRefreshGate({ refresh: { replay_window: 600, timeout_ms: 20_000 }, cookies: {} });
});
after(() => gate.dispose());
beforeEach(() => {
  gate.questions.length = 0;
  gate.answer = ({ path, sub }) => (path === "/revoke" ? { status: 200, body: "" } : { status: 200, body: gate.pairFor(sub) });
});

async function post(path, token, url = gate.url) {
  const response = await fetch(url + path, { method: "POST", body: new URLSearchParams({ refresh_token: token }) });
  return { status: response.status, body: await response.json() };
}

const revoked = () => gate.questions.filter(({ path }) => path === "/revoke").map(({ fields }) => fields.token);
const asked = () => gate.questions.filter(({ path }) => path === "/refresh").length;

function assertSignedOut({ status, body }) {
  assert.deepEqual([status, body.error, body.code, body.action], [400, "invalid_grant", "refresh_token_rejected", "login"]);
  assert.deepEqual([body.access_token, body.refresh_token], [undefined, undefined]);
}

/** Has the origin hold back its next pair until `release()`, which resolves with the pair when it has been sent. */
function heldBack() {
  let release;
  const released = new Promise((resolve) => (release = resolve));
  let sent;
  const pair = new Promise((resolve) => (sent = resolve));
  const plain = gate.answer;
  gate.answer = async (question, response) => {
    if (question.path === "/revoke") return plain(question);
    const body = gate.pairFor(question.sub);
    await released;
    response.on("finish", () => sent(body));
    return { status: 200, body };
  };
  return () => {
    release();
    return pair;
  };
}

test("while the origin is asked: whoever waits is told to sign in, and the late pair is revoked and shown to nobody", async () => {
  const token = gate.refreshToken();
  const release = heldBack();
  const waiting = Promise.all([post("/auth/refresh", token), post("/auth/refresh", token)]);
  await eventually("the question", () => asked() === 1);

  assert.deepEqual(await post("/auth/logout", token), { status: 200, body: { active: false } });
  for (const answer of await waiting) assertSignedOut(answer);
  assert.deepEqual(revoked(), [token]);
  assertSignedOut(await post("/auth/refresh", token));

  const pair = await release();
  await eventually("the successor's end", () => revoked().includes(pair.refresh_token));
  assert.deepEqual(revoked(), [token, pair.refresh_token]);
  assertSignedOut(await post("/auth/refresh", token));
  assert.equal(asked(), 1);
});

test("100 sessions, refreshed and ended at any moments: after the end nobody gets a pair, and no successor lives on", async (t) => {
  const issued = new Map();
  const pause = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
  gate.answer = async ({ path, fields, sub }) => {
    if (path === "/revoke") return { status: 200, body: "" };
    const body = gate.pairFor(sub);
    issued.set(fields.refresh_token, body.refresh_token);
    await pause();
    return { status: 200, body };
  };
  const counts = { answered: 0, refused: 0 };
  const live = async (calm) => {
    const token = gate.refreshToken();
    let over = false;
    const refresh = async () => {
      await pause();
      const wasOver = over;
      const answer = await post("/auth/refresh", token);
      if (answer.status !== 200) assertSignedOut(answer);
      else assert.ok(!wasOver, "a pair after the end");
      counts[answer.status === 200 ? "answered" : "refused"] += 1;
    };
    const end = async () => {
      assert.equal((await post("/auth/logout", token)).status, 200);
      over = true;
    };
    const first = refresh();
    // Every other session ends when it has been refreshed, the others at any moment.
    await Promise.all([first, refresh(), (calm ? first : pause()).then(end), refresh()]);
    await refresh();
  };
  for (let begun = 0; begun < 100; begun += 25) {
    await Promise.all(Array.from({ length: 25 }, (_, i) => live(i % 2 === 0)));
  }
  const alive = () => [...issued.values()].filter((token) => !revoked().includes(token));
  await eventually("the end of every successor", () => alive().length === 0);
  t.diagnostic(`${JSON.stringify(counts)}, ${issued.size} successors made, ${alive().length} alive`);
  assert.ok(counts.answered >= 50 && counts.refused >= 100);
});

test("after a refresh, with the token that it was asked with: the pair is gone, and revoked", async () => {
  const token = gate.refreshToken();
  const { body: pair } = await post("/auth/refresh", token);
  assert.equal((await post("/auth/revoke", token)).status, 200);
  await eventually("the successor's end", () => revoked().length === 2);
  assert.deepEqual(revoked().sort(), [token, pair.refresh_token].sort());
  assertSignedOut(await post("/auth/refresh", token));
  assert.equal(asked(), 1);
});

test("after a refresh, with the token that it gave: a replay of the old one shows no pair, nor after a further refresh", async () => {
  for (const further of [0, 1, 2]) {
    const tokens = [gate.refreshToken()];
    for (let i = 0; i <= further; i += 1) tokens.push((await post("/auth/refresh", tokens.at(-1))).body.refresh_token);
    const questions = asked();
    assert.equal((await post("/auth/logout", tokens.at(-1))).status, 200);
    for (const token of tokens) assertSignedOut(await post("/auth/refresh", token));
    assert.equal(asked(), questions);
  }
});

test("a request of the page that comes after the logout signs nobody in again", async () => {
  const old = gate.pairFor("ada", { access: { iat: now() - 1000, exp: now() - 100 } });
  const cookies = (pair) => `__Host-access=${pair.access_token}; __Host-refresh=${pair.refresh_token}`;
  const send = (path, cookie, method = "GET") =>
    fetch(gate.url + path, { method, headers: { Cookie: cookie, "X-Edgewarden-CSRF": "1" } });
  const refreshed = await send("/api", cookies(old));
  assert.equal(refreshed.status, 200);
  const newer = refreshed.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  assert.equal((await send("/auth/logout", newer, "POST")).status, 200);

  const late = await send("/api", cookies(old));
  assert.deepEqual([late.status, (await late.json()).code], [401, "refresh_token_rejected"]);
  assert.ok(late.headers.getSetCookie().every((line) => /=; .*Max-Age=0/.test(line)));
});

test("the end outlasts the window, and the log says what it was", async (t) => {
  const brief = await startRefreshGate({ refresh: { replay_window: 1 } });
  t.after(() => brief.dispose());
  const token = brief.refreshToken();
  await post("/auth/refresh", token, brief.url);
  await post("/auth/logout", token, brief.url);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const answer = await post("/auth/refresh", token, brief.url);
  assertSignedOut(answer);
  assert.equal((await brief.decision(answer.body.request_id)).reason, "signed_out");
  assert.equal(brief.questions.filter(({ path }) => path === "/refresh").length, 1);
});

test("a session that has not been ended is not touched by the end of another one of the same user", async () => {
  const [one, other] = [gate.refreshToken({ sub: "ada", jti: "1" }), gate.refreshToken({ sub: "ada", jti: "2" })];
  await post("/auth/refresh", other);
  await post("/auth/logout", one);
  assert.equal((await post("/auth/refresh", other)).status, 200);
});

test("an origin that is not told of a logout: the gate refuses the token all the same, and asking again tells it", async () => {
  const token = gate.refreshToken();
  for (const [status, reason] of [[500, "status_500"], [429, "status_429"]]) {
    gate.answer = () => ({ status, body: "" });
    const answer = await post("/auth/logout", token);
    assert.deepEqual([answer.status, answer.body.code, answer.body.action], [503, "origin_unavailable", "retry"]);
    assert.equal((await gate.decision(answer.body.request_id)).reason, reason);
    assertSignedOut(await post("/auth/refresh", token));
  }
  gate.answer = () => ({ status: 200, body: "" });
  assert.equal((await post("/auth/logout", token)).status, 200);
  assert.equal(revoked().length, 3);
});

test("without a revoke_url a logout ends at the gate, and there for good", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "edgewarden-logout-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const alone = await gateProcess(folder, {
    ORIGIN: gate.origin.url,
    ACCESS_KEYS: keySet(gate.keys.access),
    REFRESH_KEYS: keySet(gate.keys.refresh),
    GATE: { ...POLICY, refresh: { url: "/refresh", replay_window: 1 } },
  });
  await alone.start();
  t.after(() => alone.kill());
  const token = gate.refreshToken();
  assert.equal((await post("/auth/logout", token, alone.url)).status, 200);
  await alone.kill();
  await alone.start();
  assertSignedOut(await post("/auth/refresh", token, alone.url));
  assert.equal(gate.questions.length, 0);
});

test("with a real ledger: no row of the session can be exchanged, whether the logout comes before or after the commit", async (t) => {
  const origin = await startOrigin({ faults: true });
  t.after(() => origin.dispose());
  await origin.addUser({ id: "user-ada", email: EMAIL, password: PASSWORD, scope: "events" });
  const real = await startGate({
    secrets: { ACCESS_KEYS: JSON.stringify(origin.keys.access), REFRESH_KEYS: JSON.stringify(origin.keys.refresh) },
    vars: { ORIGIN: origin.url },
    gate: { issuer: ISSUER, audience: AUDIENCE, refresh: { url: "/refresh", revoke_url: "/revoke", timeout_ms: 20_000 } },
    durableObjects: { REFRESH_GATE: { className: "RefreshGate", useSQLite: true } },
  });
  t.after(() => real.dispose());
  const ledger = async () => (await (await fetch(`${origin.url}/dev/ledger`)).json()).refresh_tokens;
  const delay = 1500;

  for (const afterTheCommit of [true, false]) {
    const session = await (await origin.login(EMAIL, PASSWORD)).json();
    const { jti } = decodeJwt(session.refresh_token);
    const headers = { "Content-Type": "application/json" };
    const fault = JSON.stringify({ mode: "late", times: 1, delay_ms: delay });
    assert.equal((await fetch(`${origin.url}/dev/fault`, { method: "POST", headers, body: fault })).status, 200);

    const sent = Date.now();
    const waiting = post("/auth/refresh", session.refresh_token, real.url);
    const row = async () => (await ledger()).find(({ id }) => id === jti);
    if (afterTheCommit) await eventually("the commit", async () => (await row()).used !== null);
    assert.equal((await post("/auth/logout", session.refresh_token, real.url)).status, 200);
    assertSignedOut(await waiting);
    assert.ok(!afterTheCommit || Date.now() - sent < delay, "the answer was still on its way");

    // When the late answer has come, there is nothing that it could bring back.
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, sent + delay + 500 - Date.now())));
    assertSignedOut(await post("/auth/refresh", session.refresh_token, real.url));
    const { family, successor } = await row();
    const rows = (await ledger()).filter((other) => other.family === family);
    assert.deepEqual(rows.map(({ revoked_because: why }) => why), rows.map(() => "logout"));
    if (afterTheCommit) assert.ok(successor && rows.length === 2);
  }
});
