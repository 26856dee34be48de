// An answer that was lost on its way to the caller is given again, from a window that is fixed, and from a store that tells
// nothing to whoever reads it.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";

import { POLICY } from "../edge/gate_fixture.mjs";
import { keySet } from "../edge/tokens.mjs";
import { startRefreshGate } from "./refresh_fixture.mjs";
import { filesBelow, gateProcess } from "./workerd_process.mjs";

const WINDOW = 2;

let gate;
before(async () => {
  gate = await startRefreshGate({ refresh: { replay_window: WINDOW } });
});
after(() => gate.dispose());
beforeEach(() => {
  gate.questions.length = 0;
  gate.answer = ({ sub }) => ({ status: 200, body: gate.pairFor(sub) });
});

async function refresh(token, url = gate.url) {
  const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: token });
  const response = await fetch(`${url}/auth/refresh`, { method: "POST", body });
  return { status: response.status, body: await response.json() };
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 100));

/** Sends the request, and cuts the connection without reading the answer, when the origin has given it. */
async function loseTheAnswer(token) {
  const gone = new AbortController();
  const plain = gate.answer;
  gate.answer = (question, response) => {
    response.on("finish", () => gone.abort());
    return plain(question, response);
  };
  const lost = gate.post("/auth/refresh", { refresh_token: token }, { signal: gone.signal });
  await assert.rejects(lost.then((response) => response.text()));
  gate.answer = plain;
}

test("an answer that was lost is given again, and the origin is not asked again", async () => {
  const token = gate.refreshToken();
  let given;
  gate.answer = ({ sub }) => ({ status: 200, body: (given = gate.pairFor(sub)) });
  await loseTheAnswer(token);
  const again = await refresh(token);
  assert.equal(again.status, 200);
  assert.equal(again.body.access_token, given.access_token);
  assert.equal(again.body.refresh_token, given.refresh_token);
  assert.equal(gate.questions.length, 1);
});

test("the window is fixed, however often it is asked; after it, the origin decides", async () => {
  const token = gate.refreshToken();
  const started = Date.now();
  const first = await refresh(token);
  assert.equal(first.status, 200);
  gate.answer = () => ({ status: 400, body: { error: "invalid_grant" } });
  let again;
  let repeated = 0;
  let last = started;
  // A window that slid would never close under this.
  for (;;) {
    assert.ok(Date.now() - started < 20_000, "the window does not close");
    const asked = Date.now();
    again = await refresh(token);
    if (again.status !== 200) break;
    assert.equal(again.body.access_token, first.body.access_token);
    repeated += 1;
    last = asked;
    await soon();
  }
  assert.ok(repeated > 0);
  assert.ok(last - started < WINDOW * 1000 + 2000, `it was open for ${last - started} ms`);
  assert.deepEqual([again.status, again.body.code, again.body.action], [400, "refresh_token_rejected", "login"]);
  assert.equal(gate.questions.length, 2);
  assert.equal(gate.questions[1].headers["idempotency-key"], gate.questions[0].headers["idempotency-key"]);
});

test("a refusal is repeated within the window, too: the origin need not say it to every tab", async () => {
  gate.answer = () => ({ status: 400, body: { error: "invalid_grant" } });
  const token = gate.refreshToken();
  for (let i = 0; i < 5; i += 1) assert.equal((await refresh(token)).body.code, "refresh_token_rejected");
  assert.equal(gate.questions.length, 1);
});

test("no two tokens share an answer", async () => {
  const sub = "the same person";
  const [one, other] = [gate.refreshToken({ sub, jti: "one" }), gate.refreshToken({ sub, jti: "other" })];
  const [first, second] = [await refresh(one), await refresh(other)];
  assert.notEqual(first.body.access_token, second.body.access_token);
  assert.equal(gate.questions.length, 2);
});

/** The forms in which a text might lie in a file. */
function formsOf(text) {
  const bytes = Buffer.from(text);
  // Base64 of the same bytes differs by where they begin in the whole.
  const shifted = [0, 1, 2].flatMap((shift) => {
    const padded = Buffer.concat([Buffer.alloc(shift), bytes]);
    const inner = (encoded) => Buffer.from(encoded.slice(4, -4));
    return [inner(padded.toString("base64")), inner(padded.toString("base64url"))];
  });
  return [bytes, Buffer.from(text, "utf16le"), Buffer.from(text, "utf16le").swap16(), Buffer.from(bytes.toString("hex")), ...shifted];
}

/** What must not be found: the token, and each of its parts, which are as telling. */
function tracesOf(token) {
  const [header, payload, signature] = token.split(".");
  const raw = [payload, signature].map((part) => Buffer.from(part, "base64url"));
  return [...[token, payload, signature].flatMap(formsOf), ...raw, Buffer.from(`${header}.`)];
}

test("the search for traces of a token finds it however it was written down", () => {
  const token = gate.refreshToken();
  const traces = tracesOf(token);
  const within = (text) => Buffer.concat([Buffer.from([1, 2, 3]), text, Buffer.from([4])]);
  const shifts = ["", "x", "xy"].map((before) => Buffer.from(`${before}${token}z`));
  const written = [
    Buffer.from(token),
    Buffer.from(token, "utf16le"),
    Buffer.from(Buffer.from(token).toString("hex")),
    ...shifts.flatMap((bytes) => [Buffer.from(bytes.toString("base64")), Buffer.from(bytes.toString("base64url"))]),
    Buffer.from(token.split(".")[2], "base64url"),
  ];
  for (const text of written) assert.ok(traces.some((trace) => within(text).includes(trace)));
});

test("what is kept of a pair is of no use without the token, outlives a crash, and is gone after the window", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "edgewarden-replay-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const window = 8;
  const kept = await gateProcess(folder, {
    ORIGIN: gate.origin.url,
    ACCESS_KEYS: keySet(gate.keys.access),
    REFRESH_KEYS: keySet(gate.keys.refresh),
    GATE: { ...POLICY, refresh: { url: "/refresh", replay_window: window } },
  });
  await kept.start();
  t.after(() => kept.kill());

  const token = gate.refreshToken();
  const first = await refresh(token, kept.url);
  const stored = Date.now();
  assert.equal(first.status, 200);
  const files = await filesBelow(kept.state);
  const blob = files.map(({ bytes }) => sealedIn(bytes)).find(Boolean);
  assert.ok(blob, `something is kept in ${files.map(({ path }) => path)}`);
  for (const secret of [token, first.body.access_token, first.body.refresh_token]) {
    const traces = tracesOf(secret);
    for (const { path, bytes } of files) {
      assert.ok(!path.includes(secret.slice(-20)));
      for (const trace of traces) assert.ok(!bytes.includes(trace), `a trace of a token is in ${path}`);
    }
  }

  await kept.kill();
  const left = await filesBelow(kept.state);
  assert.ok(left.some(({ bytes }) => bytes.includes(blob)), "it outlives the crash");
  await kept.start();
  const again = await refresh(token, kept.url);
  assert.equal(again.body.access_token, first.body.access_token);
  assert.equal(again.body.refresh_token, first.body.refresh_token);
  assert.equal(gate.questions.length, 1);

  // Nobody asks any more: the alarm alone has to delete it.
  for (;;) {
    const present = (await filesBelow(kept.state)).filter(({ bytes }) => bytes.includes(blob) || sealedIn(bytes));
    if (present.length === 0) break;
    assert.ok(Date.now() - stored < window * 1000 + 30_000, `still there: ${present.map(({ path }) => path)}`);
    await soon();
  }
  assert.ok(Date.now() - stored > (window - 2) * 1000, "it was there for the whole window");
});

/** A piece of the record in a database file: what follows its key. */
function sealedIn(bytes) {
  const at = bytes.indexOf("record");
  return at < 0 ? undefined : bytes.subarray(at + 40, at + 104);
}
