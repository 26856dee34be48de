// However many callers present one refresh token at the same time, the origin is asked once, and everyone is told the same.

import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import { after, before, beforeEach, test } from "node:test";

import { startRefreshGate } from "./refresh_fixture.mjs";

const MANY = 1000;

/** For callers that are to wait as long as it takes. */
const PATIENT = { timeout_ms: 60_000, replay_window: 600 };

let gate;
before(async () => {
  gate = await startRefreshGate({ refresh: PATIENT });
});
after(() => gate.dispose());
beforeEach(() => {
  gate.questions.length = 0;
  gate.answer = ({ sub }) => ({ status: 200, body: gate.pairFor(sub) });
});

/** A promise, and what resolves it. */
function latch() {
  let open;
  const opened = new Promise((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

/** One caller. `sent` is called when the whole request has left. */
function call(token, agent, sent = () => {}) {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: token }).toString();
    const headers = { "Content-Type": "application/x-www-form-urlencoded", "Content-Length": Buffer.byteLength(body) };
    const request = httpRequest(`${gate.url}/auth/refresh`, { method: "POST", agent, headers });
    request.on("error", reject);
    request.on("finish", sent);
    request.on("response", async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode, body: JSON.parse(text), took: performance.now() - started });
    });
    request.end(body);
  });
}

function percentile(answers, share) {
  const sorted = answers.map(({ took }) => took).sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1].toFixed(0);
}

function report(t, what, answers) {
  t.diagnostic(`${what}: ${answers.length} answers, p50 ${percentile(answers, 0.5)} ms, p99 ${percentile(answers, 0.99)} ms`);
}

async function eventually(condition, what) {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, `in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("1,000 callers with one token at once: one question, one pair", async (t) => {
  const token = gate.refreshToken();
  const { open, opened } = latch();
  gate.answer = async ({ sub }) => {
    await opened;
    return { status: 200, body: gate.pairFor(sub) };
  };
  const agent = new Agent({ keepAlive: true });
  let left = 0;
  // The origin does not answer before every caller has asked: nobody is served by being late.
  const all = Array.from({ length: MANY }, () => call(token, agent, () => (left += 1) === MANY && open()));
  const answers = await Promise.all(all);
  agent.destroy();
  assert.equal(gate.questions.length, 1);
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  assert.equal(new Set(answers.map(({ body }) => body.access_token)).size, 1);
  assert.equal(new Set(answers.map(({ body }) => body.refresh_token)).size, 1);
  report(t, "one token, all waiting for one answer", answers);
});

test("1,000 callers with a token each: 1,000 questions, to everyone their own pair", async (t) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const tokens = Array.from({ length: MANY }, () => gate.refreshToken());
  const answers = [];
  const callers = Array.from({ length: 32 }, async () => {
    for (let token = tokens.pop(); token !== undefined; token = tokens.pop()) {
      const answer = await call(token, agent);
      answers.push({ ...answer, token });
    }
  });
  await Promise.all(callers);
  agent.destroy();
  assert.equal(gate.questions.length, MANY);
  assert.equal(new Set(gate.questions.map(({ fields }) => fields.refresh_token)).size, MANY);
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  for (const { token, body } of answers) {
    assert.equal(subject(body.access_token), subject(token));
    assert.equal(subject(body.refresh_token), subject(token));
  }
  report(t, "a token each, 32 connections", answers);
});

function subject(token) {
  return JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString()).sub;
}

test("a caller that goes away does not take the question with it", async () => {
  const token = gate.refreshToken();
  const { open, opened } = latch();
  let closed;
  gate.answer = async ({ sub }, response) => {
    closed = once(response, "close").then(() => response.writableFinished);
    await opened;
    return { status: 200, body: gate.pairFor(sub, { access: { jti: "the first" } }) };
  };
  const leaving = new AbortController();
  const left = gate.post("/auth/refresh", { refresh_token: token }, { signal: leaving.signal }).then(
    () => "answered",
    () => "gone",
  );
  await eventually(() => gate.questions.length === 1, "the origin is asked");
  leaving.abort();
  assert.equal(await left, "gone");
  // Long enough for the gate to see it, and for whoever would cancel the question to do so.
  const early = await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 500, "still open"))]);
  assert.equal(early, "still open");
  open();
  assert.equal(await closed, true);
  const answer = await call(token);
  assert.equal(answer.status, 200);
  assert.equal(gate.questions.length, 1);
});

test("of 20 callers of whom all but one go away, the one is answered", async () => {
  const token = gate.refreshToken();
  const { open, opened } = latch();
  gate.answer = async ({ sub }) => {
    await opened;
    return { status: 200, body: gate.pairFor(sub) };
  };
  const leaving = new AbortController();
  const impatient = Array.from({ length: 19 }, () =>
    gate.post("/auth/refresh", { refresh_token: token }, { signal: leaving.signal }).catch(() => undefined),
  );
  await eventually(() => gate.questions.length === 1, "the origin is asked");
  const patient = call(token);
  leaving.abort();
  await Promise.all(impatient);
  open();
  assert.equal((await patient).status, 200);
  assert.equal(gate.questions.length, 1);
});

test("an origin slower than its callers: all are told to try again, and its late answer is for the next", async (t) => {
  const slow = await startRefreshGate({ refresh: { ...PATIENT, timeout_ms: 500 } });
  t.after(() => slow.dispose());
  const token = slow.refreshToken();
  const { open, opened } = latch();
  let answered;
  slow.answer = async ({ sub }, response) => {
    answered = once(response, "finish");
    await opened;
    return { status: 200, body: slow.pairFor(sub) };
  };
  const refresh = async () => {
    const response = await slow.post("/auth/refresh", { refresh_token: token });
    return { status: response.status, retryAfter: response.headers.get("retry-after"), body: await response.json() };
  };
  const early = await Promise.all(Array.from({ length: 50 }, refresh));
  for (const { status, retryAfter, body } of early) {
    assert.deepEqual([status, body.code, body.action], [503, "origin_unavailable", "retry"]);
    assert.equal(retryAfter, String(body.retry_after));
  }
  // Whoever comes while the answer is still on its way waits for that one, and asks nothing.
  assert.equal((await refresh()).status, 503);
  assert.equal(slow.questions.length, 1);

  open();
  await answered;
  const [first, second] = [await refresh(), await refresh()];
  assert.equal(first.status, 200);
  assert.equal(second.body.access_token, first.body.access_token);
  assert.equal(slow.questions.length, 1);
});
