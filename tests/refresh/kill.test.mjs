// The gate's workerd is killed, again and again, while sessions are refreshed against an origin with a real ledger. Clients do
// what any client does on a bad network: they ask again with the same token.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { decodeJwt } from "jose";

import { AUDIENCE, ISSUER, startOrigin } from "../origin/origin_fixture.mjs";
import { gateProcess } from "./workerd_process.mjs";

const EMAIL = "ada@example.com";
const PASSWORD = "correct horse battery";

const SESSIONS = 8;
const REFRESHES = 200;
/** On a fast machine it takes more refreshes until there were as many kills. */
const KILLS = 20;

/** Milliseconds that a gate lives; the shortest do not even get to an answer. */
const shortLife = () => 20 + Math.random() * 300;

let origin;
let gate;
let folder;
before(async () => {
  origin = await startOrigin({ faults: true });
  await origin.addUser({ id: "user-ada", email: EMAIL, password: PASSWORD, scope: "events" });
  folder = await mkdtemp(join(tmpdir(), "edgewarden-kill-"));
  gate = await gateProcess(folder, {
    ORIGIN: origin.url,
    ACCESS_KEYS: JSON.stringify(origin.keys.access),
    REFRESH_KEYS: JSON.stringify(origin.keys.refresh),
    GATE: { issuer: ISSUER, audience: AUDIENCE, log: "refusals", refresh: { url: "/refresh", timeout_ms: 5000, replay_window: 600 } },
  });
  await gate.start();
});
after(async () => {
  await gate?.kill();
  await origin?.dispose();
  if (folder) await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await dev("/dev/fault", { mode: "none" });
  await dev("/dev/idempotency", { enabled: true });
});

async function dev(path, body) {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(origin.url + path, { method: "POST", headers, body: JSON.stringify(body) });
  assert.equal(response.status, 200);
}

const ledger = async () => (await fetch(`${origin.url}/dev/ledger`)).json();
const login = async () => (await origin.login(EMAIL, PASSWORD)).json();
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function refresh(token) {
  const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: token });
  const response = await fetch(`${gate.url}/auth/refresh`, { method: "POST", body });
  return { status: response.status, body: await response.json() };
}

/** Refreshes as a client does that obeys `action`, except that it does not wait as long as it is told. */
async function persistently(token, counts) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    assert.ok(Date.now() < deadline, "a refresh that does not end");
    const answer = await refresh(token).catch(() => undefined);
    if (answer && answer.body.action !== "retry") return answer;
    counts.asked_again += 1;
    await pause(30);
  }
}

/** Refreshes `SESSIONS` sessions until there were `REFRESHES` and `KILLS` of the gate. A session that is lost starts anew. */
async function underFire() {
  const counts = { refreshes: 0, kills: 0, asked_again: 0, lost: 0 };
  const before = await ledger();
  const known = new Set(before.refresh_tokens.map(({ id }) => id));
  let over = false;
  const fire = (async () => {
    while (!over) {
      await pause(shortLife());
      await gate.kill();
      counts.kills += 1;
      await gate.start();
    }
  })();
  const held = await Promise.all(
    Array.from({ length: SESSIONS }, async () => {
      const chain = [];
      let pair = await login();
      while (counts.refreshes < REFRESHES || counts.kills < KILLS) {
        counts.refreshes += 1;
        chain.push(decodeJwt(pair.refresh_token).jti);
        const { status, body } = await persistently(pair.refresh_token, counts);
        if (status === 200) {
          pair = body;
        } else {
          assert.equal(body.code, "refresh_token_rejected");
          counts.lost += 1;
          pair = await login();
          chain.length = 0;
        }
      }
      return { pair, chain };
    }),
  ).finally(() => {
    over = true;
  });
  await fire;
  const after = await ledger();
  const rows = after.refresh_tokens.filter(({ id }) => !known.has(id));
  return { counts, held, rows, questions: after.counters.refresh_questions - before.counters.refresh_questions };
}

const successorsIn = (rows) => rows.flatMap(({ successor }) => successor ?? []);

test("killed in the middle of 200 refreshes: no session is lost, and each token has exactly one successor", async (t) => {
  const { counts, held, rows, questions } = await underFire();
  const used = rows.filter(({ used }) => used !== null);
  t.diagnostic(`${JSON.stringify(counts)}, questions to the origin: ${questions}, tokens exchanged: ${used.length}`);

  assert.equal(counts.lost, 0);
  assert.ok(counts.refreshes >= REFRESHES);
  assert.ok(counts.kills >= KILLS);
  // Each refresh exchanged one token, each exchange made one, and nothing else made any.
  assert.equal(used.length, counts.refreshes);
  assert.equal(rows.length, SESSIONS + counts.refreshes);
  assert.ok(used.every(({ successor }) => successor !== null));
  assert.equal(new Set(successorsIn(rows)).size, used.length);
  assert.ok(rows.every(({ revoked }) => revoked === null));
  // What each client went through is the ledger's own chain: nobody holds a pair of a branch.
  const next = new Map(rows.map(({ id, successor }) => [id, successor]));
  for (const { pair, chain } of held) {
    const jtis = [...chain, decodeJwt(pair.refresh_token).jti];
    jtis.slice(0, -1).forEach((jti, index) => assert.equal(next.get(jti), jtis[index + 1]));
  }
  // And every session goes on.
  for (const { pair } of held) {
    const { status, body } = await refresh(pair.refresh_token);
    assert.equal(status, 200);
    const session = await fetch(`${gate.url}/auth/session`, { headers: { Authorization: `Bearer ${body.access_token}` } });
    assert.equal(session.status, 200);
  }
});

// Without idempotency at the origin, one moment remains: between the origin's commit and the gate's write. A gate that is killed
// there knows nothing of the answer, and asks again, as it must. The origin takes the repeated question for a second holder
// of the token, and ends the session. That is all that may be lost: one session for each such moment, and each leaves `reuse`
// in the ledger.
test("the same with an origin that ignores Idempotency-Key: whatever is lost was lost between its commit and the gate's write", async (t) => {
  await dev("/dev/idempotency", { enabled: false });
  const { counts, held, rows, questions } = await underFire();
  const reused = new Set(rows.filter(({ revoked_because: why }) => why === "reuse").map(({ family }) => family));
  t.diagnostic(`${JSON.stringify(counts)}, questions to the origin: ${questions}, families ended for reuse: ${reused.size}`);

  assert.equal(reused.size, counts.lost);
  assert.ok(rows.every(({ revoked_because: why }) => why === null || why === "reuse"));
  // One repeated question costs a session; a kill can meet the moment in all of them at once, but not more.
  assert.ok(counts.lost <= counts.kills * SESSIONS);
  assert.equal(new Set(successorsIn(rows)).size, successorsIn(rows).length);
  for (const { pair } of held) assert.equal((await refresh(pair.refresh_token)).status, 200);
});

/** The one moment, on purpose: the origin has exchanged the token, its answer has not arrived, and the gate is killed. */
async function killedAfterTheCommit() {
  const pair = await login();
  const { jti } = decodeJwt(pair.refresh_token);
  await dev("/dev/fault", { mode: "late", times: 1, delay_ms: 20_000 });
  const lost = refresh(pair.refresh_token).then(
    () => "answered",
    () => "lost",
  );
  const row = async () => (await ledger()).refresh_tokens.find(({ id }) => id === jti);
  const deadline = Date.now() + 4000;
  while ((await row()).used === null) {
    assert.ok(Date.now() < deadline, "the origin does not exchange the token");
    await pause(20);
  }
  await gate.kill();
  assert.equal(await lost, "lost");
  await gate.start();
  const { successor } = await row();
  return { successor, answer: await refresh(pair.refresh_token), row: await row() };
}

test("killed between the origin's commit and the gate's write: the origin repeats its answer, and the session goes on", async () => {
  const { successor, answer, row } = await killedAfterTheCommit();
  assert.equal(answer.status, 200);
  assert.equal(decodeJwt(answer.body.refresh_token).jti, successor);
  assert.equal(row.revoked, null);
  assert.equal((await refresh(answer.body.refresh_token)).status, 200);
});

test("the same with an origin that ignores Idempotency-Key: this session is lost, and only then", async () => {
  await dev("/dev/idempotency", { enabled: false });
  const { answer, row } = await killedAfterTheCommit();
  assert.deepEqual([answer.status, answer.body.code, answer.body.action], [400, "refresh_token_rejected", "login"]);
  assert.equal(row.revoked_because, "reuse");
});

test("killed after its write: the same pair from the store, whatever the origin honours", async () => {
  await dev("/dev/idempotency", { enabled: false });
  const pair = await login();
  const first = await refresh(pair.refresh_token);
  const asked = (await ledger()).counters.refresh_questions;
  await gate.kill();
  await gate.start();
  const again = await refresh(pair.refresh_token);
  assert.equal(again.body.refresh_token, first.body.refresh_token);
  assert.equal((await ledger()).counters.refresh_questions, asked);
});
