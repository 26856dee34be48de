import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { decodeJwt, jwtVerify } from "jose";
import { Miniflare } from "miniflare";
import { migrate, originWorker, startOrigin } from "./origin_fixture.mjs";

const EMAIL = "ada@example.com";
const PASSWORD = "correct horse battery";

let origin;
let first;

before(async () => {
  origin = await startOrigin({ faults: true });
  await origin.addUser({ id: "user-ada", email: EMAIL, password: PASSWORD });
});

beforeEach(async () => {
  await dev("/dev/fault", { mode: "none" });
  await dev("/dev/idempotency", { enabled: true });
  first = await (await origin.login(EMAIL, PASSWORD)).json();
});

after(() => origin.dispose());

const dev = (path, body) =>
  fetch(origin.url + path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

const ledger = async () => (await fetch(`${origin.url}/dev/ledger`)).json();

const isUnused = async () => {
  const { refresh_tokens: rows } = await ledger();
  const row = rows.find(({ id }) => id === decodeJwt(first.refresh_token).jti);
  return row.used === null && row.revoked === null;
};

const accessSecret = () => Buffer.from(origin.keys.access.keys[0].k, "base64url");

test("without DEV_FAULTS, and with any other value of it, there are no faults", async () => {
  const values = [undefined, "", "off", "true", "ON", "1"];
  const plain = new Miniflare({
    workers: await Promise.all(
      values.map((value, i) => originWorker({ name: `origin-${i}`, vars: { DEV_FAULTS: value } })),
    ),
  });
  try {
    const db = await plain.getD1Database("DB", "origin-0");
    await migrate(db);
    const headers = { "Content-Type": "application/json" };
    const post = { method: "POST", headers, body: '{"mode":"html","enabled":false}' };
    for (const i of values.keys()) {
      const worker = await plain.getWorker(`origin-${i}`);
      for (const path of ["/dev/fault", "/dev/idempotency", "/dev/ledger", "/dev"]) {
        assert.equal((await worker.fetch(`http://origin.test${path}`)).status, 404);
        assert.equal((await worker.fetch(`http://origin.test${path}`, post)).status, 404);
      }
    }
    assert.equal(await db.prepare("SELECT name FROM sqlite_master WHERE name = 'dev_state'").first(), null);
  } finally {
    await plain.dispose();
  }
});

test("with no fault switched on, a refresh is as ever, and counted", async () => {
  const { counters: before } = await ledger();
  assert.equal((await origin.refresh(first.refresh_token)).status, 200);

  const { counters, fault, idempotency } = await ledger();
  assert.equal(counters.refresh_questions, before.refresh_questions + 1);
  assert.deepEqual(fault, { mode: "none", times: null, delay_ms: 10_000 });
  assert.deepEqual(idempotency, { enabled: true });
});

const instead = {
  error_500: [500],
  error_502: [502],
  rate_limited: [429, { "Retry-After": "2" }],
  html: [200, { "Content-Type": "text/html" }],
  no_access_token: [200, { "Content-Type": "application/json" }],
  invalid_grant: [400],
  empty_401: [401],
};

for (const [mode, [status, headers = {}]] of Object.entries(instead)) {
  test(`${mode} takes the place of the answer and consumes nothing`, async () => {
    await dev("/dev/fault", { mode, times: 1 });
    const response = await origin.refresh(first.refresh_token);

    assert.equal(response.status, status);
    for (const [name, value] of Object.entries(headers)) {
      assert.equal(response.headers.get(name), value);
    }
    assert.doesNotMatch(await response.text(), /access_token|refresh_token"/);
    assert.ok(await isUnused());
    assert.equal((await origin.refresh(first.refresh_token)).status, 200, "the fault was for one question");
  });
}

test("reset breaks the connection in the middle of the body and consumes nothing", async () => {
  await dev("/dev/fault", { mode: "reset", times: 1 });

  await assert.rejects(async () => (await origin.refresh(first.refresh_token)).text());
  assert.ok(await isUnused());
});

test("drop_after_commit loses the answer of an exchange, and the same question gets it back", async () => {
  await dev("/dev/fault", { mode: "drop_after_commit", times: 1 });

  await assert.rejects(async () => (await origin.refresh(first.refresh_token, "key-1")).text());
  assert.ok(!(await isUnused()));
  const again = await origin.refresh(first.refresh_token, "key-1");
  assert.equal(again.status, 200);
  assert.equal((await origin.refresh((await again.json()).refresh_token, "key-2")).status, 200);
});

test("a server that ignores Idempotency-Key takes a repeated question for reuse", async () => {
  await dev("/dev/idempotency", { enabled: false });
  assert.equal((await origin.refresh(first.refresh_token, "key-1")).status, 200);

  assert.equal((await origin.refresh(first.refresh_token, "key-1")).status, 400);
});

test("late answers, after a while", async () => {
  await dev("/dev/fault", { mode: "late", times: 1, delay_ms: 300 });
  const start = performance.now();
  const response = await origin.refresh(first.refresh_token);

  assert.equal(response.status, 200);
  assert.ok(performance.now() - start >= 290);
});

test("late has consumed the token before whoever asks can lose patience", async () => {
  await dev("/dev/fault", { mode: "late", times: 1, delay_ms: 60_000 });
  const patience = { method: "POST", body: new URLSearchParams({ refresh_token: first.refresh_token }) };
  const headers = { "Idempotency-Key": "key-1" };

  await assert.rejects(fetch(`${origin.url}/refresh`, { ...patience, headers, signal: AbortSignal.timeout(300) }));
  assert.ok(!(await isUnused()));
  assert.equal((await origin.refresh(first.refresh_token, "key-1")).status, 200);
});

test("wrong_secret signs the access token with a secret that nobody has, and nothing else is wrong", async () => {
  await dev("/dev/fault", { mode: "wrong_secret", times: 1 });
  const pair = await (await origin.refresh(first.refresh_token)).json();

  await assert.rejects(jwtVerify(pair.access_token, accessSecret()), { code: "ERR_JWS_SIGNATURE_VERIFICATION_FAILED" });
  assert.equal(decodeJwt(pair.access_token).sub, "user-ada");
  assert.equal((await origin.refresh(pair.refresh_token)).status, 200);
});

test("expired_token gives a genuine access token of yesterday", async () => {
  await dev("/dev/fault", { mode: "expired_token", times: 1 });
  const pair = await (await origin.refresh(first.refresh_token)).json();

  await assert.rejects(jwtVerify(pair.access_token, accessSecret()), { code: "ERR_JWT_EXPIRED" });
});

test("other_subject gives a genuine access token of someone else", async () => {
  await dev("/dev/fault", { mode: "other_subject", times: 1 });
  const pair = await (await origin.refresh(first.refresh_token)).json();

  const { payload } = await jwtVerify(pair.access_token, accessSecret());
  assert.notEqual(payload.sub, "user-ada");
  assert.equal(decodeJwt(pair.refresh_token).sub, "user-ada");
});

test("a fault lasts as many questions as it says, or until it is switched off", async () => {
  await dev("/dev/fault", { mode: "error_500", times: 2 });
  const statuses = [];
  for (let i = 0; i < 3; i++) {
    statuses.push((await origin.refresh("not a token")).status);
  }
  assert.deepEqual(statuses, [500, 500, 400]);

  await dev("/dev/fault", { mode: "error_500" });
  for (let i = 0; i < 3; i++) {
    assert.equal((await origin.refresh("not a token")).status, 500);
  }
  await dev("/dev/fault", { mode: "none" });
  assert.equal((await origin.refresh("not a token")).status, 400);
});

test("a switch that is none is refused, with a word on which there are", async () => {
  for (const body of [{}, { mode: "toString" }, { mode: "html", times: 0 }, { mode: "late", delay_ms: 1e9 }]) {
    assert.equal((await dev("/dev/fault", body)).status, 400);
  }
  assert.equal((await dev("/dev/idempotency", { enabled: "no" })).status, 400);
});

test("the ledger is shown without a token in it", async () => {
  const second = await (await origin.refresh(first.refresh_token)).json();
  const text = JSON.stringify(await ledger());

  for (const token of [first, second].flatMap((pair) => [pair.access_token, pair.refresh_token])) {
    assert.ok(!text.includes(token.split(".")[2]));
  }
  const row = JSON.parse(text).refresh_tokens.find(({ id }) => id === decodeJwt(first.refresh_token).jti);
  assert.equal(row.successor, decodeJwt(second.refresh_token).jti);
  assert.equal(row.user, "user-ada");
});
