import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { decodeProtectedHeader, jwtVerify } from "jose";
import { Miniflare } from "miniflare";
import { addUser, migrate, newKey, newKeys, originWorker } from "./origin_fixture.mjs";

const EMAIL = "ada@example.com";
const PASSWORD = "correct horse battery";
const now = Math.floor(Date.now() / 1000);

const good = newKeys();
const set = (...keys) => JSON.stringify({ keys });
const short = (members) => newKey("short", { k: Buffer.from("sixteen bytes...").toString("base64url"), ...members });
const legacy = newKey("legacy");
const bareAccess = "access: a bare secret of some length";
const bareRefresh = "refresh: a bare secret of some length";
const none = { ACCESS_KEYS: undefined, REFRESH_KEYS: undefined };

/** Variables over a good configuration, and the codes that they are to lead to. */
const REFUSED = {
  "no access ring": [{ ACCESS_KEYS: undefined }, ["access_keys_missing"]],
  "no ring at all": [none, ["access_keys_missing", "refresh_keys_missing"]],
  "an empty text": [{ ACCESS_KEYS: "" }, ["access_keys_missing"]],
  "an empty set": [{ ACCESS_KEYS: set() }, ["access_keys_missing"]],
  "not JSON": [{ ACCESS_KEYS: "not json, but maybe a secret" }, ["access_keys_not_json"]],
  "not a set": [{ REFRESH_KEYS: JSON.stringify([newKey("a")]) }, ["refresh_keys_not_a_jwk_set"]],
  "not keys": [{ REFRESH_KEYS: '{"keys":["secret"]}' }, ["refresh_keys_not_a_jwk_set"]],
  "a set and a bare secret": [{ ACCESS_SECRET: bareAccess }, ["access_keys_ambiguous"]],
  "a key without alg": [{ ACCESS_KEYS: set(newKey("a", { alg: undefined })) }, ["access_keys_algorithm_unsupported"]],
  "an alg of no HMAC": [{ ACCESS_KEYS: set(newKey("a", { alg: "RS256" })) }, ["access_keys_algorithm_unsupported"]],
  "an inherited alg": [{ ACCESS_KEYS: set(newKey("a", { alg: "toString" })) }, ["access_keys_algorithm_unsupported"]],
  "a secret in base64": [{ ACCESS_KEYS: set(newKey("a", { k: "no+base64/url=" })) }, ["access_keys_secret_malformed"]],
  "a key without a secret": [{ ACCESS_KEYS: set(newKey("a", { k: undefined })) }, ["access_keys_secret_malformed"]],
  "a kid that is a number": [{ ACCESS_KEYS: set(newKey(7)) }, ["access_keys_kid_malformed"]],
  "a time that is a text": [{ ACCESS_KEYS: set(newKey("a", { exp: "soon" })) }, ["access_keys_time_malformed"]],
  "a kid twice": [{ ACCESS_KEYS: set(newKey("a"), newKey("a")) }, ["access_keys_duplicate_kid"]],
  "a short secret": [{ ACCESS_KEYS: set(short()) }, ["access_keys_secret_too_short"]],
  "a weak secret without end": [
    { ACCESS_KEYS: set(short({ "edgewarden:weak": true })) },
    ["access_keys_secret_too_short"],
  ],
  "a short bare secret": [
    { ...none, ACCESS_SECRET: "ACCESS_SECRET", REFRESH_SECRET: bareRefresh },
    ["access_keys_secret_too_short"],
  ],
  "HS512 with 32 bytes": [{ ACCESS_KEYS: set(newKey("a", { alg: "HS512" })) }, ["access_keys_secret_too_short"]],
  "one secret for both": [{ ACCESS_KEYS: set(legacy), REFRESH_KEYS: set(legacy) }, ["secret_shared_between_rings"]],
  "one bare secret for both": [
    { ...none, ACCESS_SECRET: bareAccess, REFRESH_SECRET: bareAccess },
    ["secret_shared_between_rings"],
  ],
  "no issuer": [{ ISSUER: undefined, AUDIENCE: "" }, ["issuer_missing", "audience_missing"]],
  "lifetimes that are none": [
    { ACCESS_TTL: "15m", REFRESH_TTL: "-1", IDEMPOTENCY_WINDOW: "1.5" },
    ["access_ttl_invalid", "refresh_ttl_invalid", "idempotency_window_invalid"],
  ],
  "only keys that may not sign": [
    {
      ACCESS_KEYS: set(
        newKey("over", { exp: now - 1 }),
        newKey("to-come", { nbf: now + 600 }),
        newKey("to-verify", { key_ops: ["verify"] }),
      ),
    },
    ["no_key_may_sign"],
  ],
};

const withEnd = { ...legacy, exp: now + 3600, "edgewarden:sign_until": now - 1 };
/** Variables over a good configuration, and the `kid` of the access token that they are to lead to. */
const ACCEPTED = {
  "the newest key that may sign": [
    {
      ACCESS_KEYS: set(
        newKey("revoked", { revoked: { revoked_at: now, reason: "compromised" } }),
        newKey("stopped", { "edgewarden:sign_until": now - 1 }),
        newKey("over", { exp: now - 1 }),
        newKey("to-come", { nbf: now + 600 }),
        newKey("to-verify", { key_ops: ["verify"] }),
        newKey("to-encrypt", { use: "enc" }),
        { kty: "EC", crv: "P-256", kid: "someone-elses", alg: "ES256", x: "AA", y: "AA" },
        newKey("newest"),
        newKey("older"),
      ),
    },
    "newest",
  ],
  "a legacy secret on its way out of both rings": [
    { ACCESS_KEYS: set(newKey("new-a"), withEnd), REFRESH_KEYS: set(newKey("new-r"), withEnd) },
    "new-a",
  ],
  "a weak secret on its way out": [{ ACCESS_KEYS: set(short({ "edgewarden:weak": true, exp: now + 3600 })) }, "short"],
  "a key without a kid": [{ ACCESS_KEYS: set(newKey(undefined)) }, undefined],
  "bare secrets": [{ ...none, ACCESS_SECRET: bareAccess, REFRESH_SECRET: bareRefresh }, undefined],
  "bare secrets after a rotation": [
    {
      ...none,
      ACCESS_SECRET: `${bareAccess} 2`,
      ACCESS_SECRET_PREVIOUS: bareAccess,
      REFRESH_SECRET: `${bareRefresh} 2`,
      REFRESH_SECRET_PREVIOUS: bareRefresh,
    },
    undefined,
  ],
  "lifetimes as texts": [{ ACCESS_TTL: "60", REFRESH_TTL: "3600", IDEMPOTENCY_WINDOW: "0" }, "access-1"],
};

let mf;
let output = "";

before(async () => {
  const workers = [];
  for (const [name, [vars]] of Object.entries({ ...REFUSED, ...ACCEPTED })) {
    workers.push(await originWorker({ name, keys: good, vars }));
  }
  mf = new Miniflare({
    workers,
    handleRuntimeStdio(...streams) {
      for (const stream of streams) {
        stream.on("data", (chunk) => {
          output += chunk;
        });
      }
    },
  });
  const db = await mf.getD1Database("DB", workers[0].name);
  await migrate(db);
  await addUser(db, { email: EMAIL, password: PASSWORD, scope: "events" });
});

after(() => mf.dispose());

const ask = async (name, path, parameters, headers = {}) => {
  const worker = await mf.getWorker(name);
  const init = parameters && { method: "POST", body: new URLSearchParams(parameters).toString() };
  const form = { "Content-Type": "application/x-www-form-urlencoded" };
  return worker.fetch(`http://origin.test${path}`, { ...init, headers: { ...(parameters && form), ...headers } });
};
const login = (name) => ask(name, "/login", { email: EMAIL, password: PASSWORD });

for (const [name, [, problems]] of Object.entries(REFUSED)) {
  test(`with ${name}, no token is issued, and it is said why`, async () => {
    const response = await login(name);
    assert.equal(response.status, 503);
    const body = await response.json();
    assert.equal(body.error, "temporarily_unavailable");
    assert.deepEqual(body.problems, problems);
    assert.ok(response.headers.has("Retry-After"));

    const health = await ask(name, "/health");
    assert.equal(health.status, 503);
    assert.deepEqual(await health.json(), { status: "unavailable", problems });
    assert.ok(output.includes(JSON.stringify(problems)));

    // What needs no key goes on.
    assert.equal((await ask(name, "/list_events", undefined, { "X-Auth-Subject": "user-ada" })).status, 200);
  });
}

for (const [name, [, kid]] of Object.entries(ACCEPTED)) {
  test(`with ${name}, tokens are signed as they should be`, async () => {
    assert.deepEqual(await (await ask(name, "/health")).json(), { status: "ok" });
    const response = await login(name);
    assert.equal(response.status, 200);
    const pair = await response.json();
    assert.equal(decodeProtectedHeader(pair.access_token).kid, kid);
    assert.equal((await ask(name, "/refresh", { refresh_token: pair.refresh_token })).status, 200);
  });
}

test("bare secrets sign as the texts they are, and name no key", async () => {
  const pair = await (await login("bare secrets")).json();

  assert.deepEqual(decodeProtectedHeader(pair.access_token), { alg: "HS256", typ: "at+jwt" });
  await jwtVerify(pair.access_token, Buffer.from(bareAccess));
  await jwtVerify(pair.refresh_token, Buffer.from(bareRefresh));
});

test("a refresh token of the previous bare secret is exchanged", async () => {
  const { refresh_token: token } = await (await login("bare secrets")).json();
  const response = await ask("bare secrets after a rotation", "/refresh", { refresh_token: token });

  assert.equal(response.status, 200);
  await jwtVerify((await response.json()).refresh_token, Buffer.from(`${bareRefresh} 2`));
});

test("an answer under bare secrets is repeated, also after a rotation", async () => {
  const { refresh_token: token } = await (await login("bare secrets")).json();
  const refreshAt = async (name) =>
    (await ask(name, "/refresh", { refresh_token: token }, { "Idempotency-Key": "key-1" })).text();
  const answer = await refreshAt("bare secrets");

  assert.equal(await refreshAt("bare secrets"), answer);
  assert.equal(await refreshAt("bare secrets after a rotation"), answer);
});

test("lifetimes are what the variables say", async () => {
  const pair = await (await login("lifetimes as texts")).json();

  assert.equal(pair.expires_in, 60);
  const refresh = (idempotencyKey) =>
    ask("lifetimes as texts", "/refresh", { refresh_token: pair.refresh_token }, { "Idempotency-Key": idempotencyKey });
  assert.equal((await refresh("key-1")).status, 200);
  assert.equal((await refresh("key-1")).status, 400, "a window of 0 seconds repeats nothing");
});

test("what is wrong with a secret is said without the secret", () => {
  for (const [vars] of Object.values(REFUSED)) {
    for (const value of [vars.ACCESS_KEYS, vars.REFRESH_KEYS, vars.ACCESS_SECRET, vars.REFRESH_SECRET]) {
      if (value && value.length > 16) {
        assert.ok(!output.includes(value));
      }
    }
  }
  assert.ok(!output.includes("maybe a secret"));
});
