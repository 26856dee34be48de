import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, beforeEach, test } from "node:test";
import { decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT } from "jose";
import { AUDIENCE, ISSUER, newKey, newKeys, startOrigin } from "./origin_fixture.mjs";

const EMAIL = "ada@example.com";
const PASSWORD = "correct horse battery";
const now = () => Math.floor(Date.now() / 1000);

const keys = newKeys();
let origin;
/** The pair of a fresh login. */
let first;

before(async () => {
  origin = await startOrigin({ keys });
  await origin.addUser({ id: "user-ada", email: EMAIL, password: PASSWORD, scope: "events positions" });
});

beforeEach(async () => {
  first = await (await origin.login(EMAIL, PASSWORD)).json();
});

after(() => origin.dispose());

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

const idOf = (token) => decodeJwt(token).jti;

const rowOf = (token) => origin.db.prepare("SELECT * FROM refresh_tokens WHERE id = ?").bind(idOf(token)).first();

const familyOf = async (token) => {
  const { family } = await rowOf(token);
  const { results } = await origin.db.prepare("SELECT * FROM refresh_tokens WHERE family = ?").bind(family).all();
  return results;
};

/** As if the token had been exchanged, and its successor issued, so many seconds earlier. */
const age = async (token, seconds) => {
  const { family } = await rowOf(token);
  await origin.db
    .prepare(
      `UPDATE refresh_tokens SET used = used - ?1, issued = issued - ?1,
       access_issued = access_issued - ?1, access_expires = access_expires - ?1 WHERE family = ?2`,
    )
    .bind(seconds, family)
    .run();
};

const assertRefused = async (response) => {
  assert.equal(response.status, 400);
  assert.equal((await response.json()).error, "invalid_grant");
};

const assertAlarm = async (token) => {
  for (const row of await familyOf(token)) {
    assert.equal(row.revoked_because, "reuse");
  }
};

const assertNoAlarm = async (token) => {
  for (const row of await familyOf(token)) {
    assert.equal(row.revoked, null);
  }
};

test("a refresh token is exchanged for a new pair of the same session", async () => {
  const response = await origin.refresh(first.refresh_token);

  assert.equal(response.status, 200);
  assert.equal(response.headers.get("Cache-Control"), "no-store");
  const second = await response.json();
  assert.deepEqual(Object.keys(second), Object.keys(first));
  assert.notEqual(idOf(second.refresh_token), idOf(first.refresh_token));
  assert.notEqual(idOf(second.access_token), idOf(first.access_token));
  assert.equal(decodeJwt(second.access_token).sub, "user-ada");
  assert.equal(decodeJwt(second.access_token).scope, "events positions");
  const [used, unused] = await familyOf(first.refresh_token);
  assert.equal(used.successor, unused.id);
  assert.ok(used.used);
  assert.equal(unused.used, null);
  assert.equal((await origin.refresh(second.refresh_token)).status, 200);
});

test("a refresh is understood as JSON too, and with the grant type of the RFC", async () => {
  const response = await fetch(`${origin.url}/refresh`, {
    method: "POST",
    headers: { "Content-Type": "application/json; charset=utf-8" },
    body: JSON.stringify({ grant_type: "refresh_token", refresh_token: first.refresh_token }),
  });
  assert.equal(response.status, 200);

  const other = await origin.post("/refresh", { grant_type: "password", refresh_token: first.refresh_token });
  assert.equal((await other.json()).error, "unsupported_grant_type");
  const none = await origin.post("/refresh", { grant_type: "refresh_token" });
  assert.equal((await none.json()).error, "invalid_request");
});

test("presenting a used token ends the whole session", async () => {
  const second = await (await origin.refresh(first.refresh_token)).json();

  await assertRefused(await origin.refresh(first.refresh_token));

  await assertAlarm(first.refresh_token);
  await assertRefused(await origin.refresh(second.refresh_token));
});

test("the end of one session is not the end of another session of the same user", async () => {
  const other = await (await origin.login(EMAIL, PASSWORD)).json();
  await origin.refresh(first.refresh_token);
  await assertRefused(await origin.refresh(first.refresh_token));

  assert.equal((await origin.refresh(other.refresh_token)).status, 200);
});

test("of 20 simultaneous refreshes of one token exactly one succeeds, and the others are reuse", async () => {
  const responses = await Promise.all(Array.from({ length: 20 }, () => origin.refresh(first.refresh_token)));

  const statuses = responses.map((response) => response.status).sort();
  assert.deepEqual(statuses, [200, ...Array(19).fill(400)]);
  for (const response of responses.filter(({ status }) => status === 400)) {
    assert.equal((await response.json()).error, "invalid_grant");
  }
  assert.equal((await familyOf(first.refresh_token)).length, 2);
  await assertAlarm(first.refresh_token);
});

test("20 simultaneous refreshes with one Idempotency-Key get the same bytes, from one exchange", async () => {
  const responses = await Promise.all(Array.from({ length: 20 }, () => origin.refresh(first.refresh_token, "key-1")));

  const bodies = new Set(await Promise.all(responses.map((response) => response.text())));
  assert.deepEqual(new Set(responses.map(({ status }) => status)), new Set([200]));
  assert.equal(bodies.size, 1);
  assert.equal((await familyOf(first.refresh_token)).length, 2);
  await assertNoAlarm(first.refresh_token);
});

test("the same question with the same Idempotency-Key gets the same bytes, and the pair works", async () => {
  const answer = await (await origin.refresh(first.refresh_token, "key-1")).text();
  for (const spelling of ["key-1", '"key-1"']) {
    const again = await origin.refresh(first.refresh_token, spelling);
    assert.equal(again.status, 200);
    assert.equal(await again.text(), answer);
  }
  assert.equal((await origin.refresh(JSON.parse(answer).refresh_token, "key-2")).status, 200);
});

test("another Idempotency-Key, or none, makes a used token a reused one", async () => {
  for (const [given, then] of [
    ["key-1", "key-2"],
    ["key-1", undefined],
    [undefined, "key-1"],
  ]) {
    const { refresh_token: token } = await (await origin.login(EMAIL, PASSWORD)).json();
    assert.equal((await origin.refresh(token, given)).status, 200);
    await assertRefused(await origin.refresh(token, then));
    await assertAlarm(token);
  }
});

test("an answer is repeated until its window ends, and then it is reuse", async () => {
  await origin.refresh(first.refresh_token, "key-1");

  await age(first.refresh_token, 86_400 - 60);
  assert.equal((await origin.refresh(first.refresh_token, "key-1")).status, 200);
  await assertNoAlarm(first.refresh_token);

  await age(first.refresh_token, 61);
  await assertRefused(await origin.refresh(first.refresh_token, "key-1"));
  await assertAlarm(first.refresh_token);
});

test("an answer whose tokens have been used arrived: asking for it again is reuse", async () => {
  const second = await (await origin.refresh(first.refresh_token, "key-1")).json();
  assert.equal((await origin.refresh(second.refresh_token, "key-2")).status, 200);

  await assertRefused(await origin.refresh(first.refresh_token, "key-1"));
  await assertAlarm(first.refresh_token);
});

test("an answer repeated after its access token ran out has a fresh one, the same for all who ask", async () => {
  const lost = await (await origin.refresh(first.refresh_token, "key-1")).json();
  await age(first.refresh_token, 3600);

  const responses = await Promise.all(Array.from({ length: 5 }, () => origin.refresh(first.refresh_token, "key-1")));
  const bodies = await Promise.all(responses.map((response) => response.text()));
  assert.equal(new Set(bodies).size, 1);
  const again = JSON.parse(bodies[0]);
  assert.equal(idOf(again.refresh_token), idOf(lost.refresh_token));
  assert.notEqual(idOf(again.access_token), idOf(lost.access_token));
  assert.ok(decodeJwt(again.access_token).exp > now() + 600);
  await assertNoAlarm(first.refresh_token);
});

test("a session whose window is open is still ended by a logout", async () => {
  await origin.refresh(first.refresh_token, "key-1");
  await origin.post("/logout", { refresh_token: first.refresh_token });

  await assertRefused(await origin.refresh(first.refresh_token, "key-1"));
});

test("an Idempotency-Key that cannot be one is refused before anything is consumed", async () => {
  for (const key of ["", '""', "a b", "x".repeat(256)]) {
    const response = await origin.refresh(first.refresh_token, key);
    assert.equal(response.status, 400, JSON.stringify(key));
    assert.equal((await response.json()).error, "invalid_request");
  }
  assert.equal((await rowOf(first.refresh_token)).used, null);
});

test("a scope that was taken from the user is gone from the next access token", async () => {
  const email = "grace@example.com";
  await origin.addUser({ email, password: PASSWORD, scope: "events positions" });
  const { refresh_token: token } = await (await origin.login(email, PASSWORD)).json();
  await origin.db.prepare("UPDATE users SET scope = 'events admin' WHERE email = ?").bind(email).run();

  const second = await (await origin.refresh(token)).json();
  assert.equal(second.scope, "events");
  assert.equal(decodeJwt(second.access_token).scope, "events");
});

test("a user who was deleted has no session any more", async () => {
  const email = "gone@example.com";
  await origin.addUser({ email, password: PASSWORD });
  const { refresh_token: token } = await (await origin.login(email, PASSWORD)).json();
  await origin.refresh(token, "key-1");
  await origin.db.prepare("DELETE FROM users WHERE email = ?").bind(email).run();

  await assertRefused(await origin.refresh(token, "key-1"));
});

test("what is no genuine refresh token of this server is refused, and consumes nothing", async () => {
  const [header, payload, signature] = first.refresh_token.split(".");
  const claims = decodeJwt(first.refresh_token);
  const genuineHeader = decodeProtectedHeader(first.refresh_token);
  const secret = Buffer.from(keys.refresh.keys[0].k, "base64url");
  const sign = (changed, changedHeader = {}, under = secret) =>
    new SignJWT({ ...claims, ...changed }).setProtectedHeader({ ...genuineHeader, ...changedHeader }).sign(under);
  // Signed with the right secret under another algorithm's name.
  const hs512Header = encode({ ...genuineHeader, alg: "HS512" });
  const hs512 = createHmac("sha512", secret).update(`${hs512Header}.${payload}`).digest("base64url");

  const forged = {
    "an access token": first.access_token,
    "a cut one": first.refresh_token.slice(0, -1),
    "two glued together": `${first.refresh_token}.${first.refresh_token}`,
    "no signature": `${header}.${payload}.`,
    "alg none": `${encode({ alg: "none", typ: "rt+jwt" })}.${payload}.`,
    "another payload": `${header}.${encode({ ...claims, sub: "user-eve" })}.${signature}`,
    "another alphabet": `${header}.${payload}.${signature.slice(0, -1)}+`,
    "another algorithm": `${hs512Header}.${payload}.${hs512}`,
    "another secret": await sign({}, {}, Buffer.from(newKey("x").k, "base64url")),
    "the access ring": await sign({}, { kid: "access-1" }, Buffer.from(keys.access.keys[0].k, "base64url")),
    "another type": await sign({}, { typ: "at+jwt" }),
    "another use": await sign({ token_use: "access" }),
    "another issuer": await sign({ iss: "https://evil.test" }),
    "another audience": await sign({ aud: "https://other.test" }),
    "another user": await sign({ sub: "user-eve" }),
    "an unknown id": await sign({ jti: crypto.randomUUID() }),
    "an id of SQL": await sign({ jti: "' OR 1=1 --" }),
    "an expired one": await sign({ exp: now() - 1 }),
    "no expiry": await sign({ exp: undefined }),
    "an expiry as text": await sign({ exp: "tomorrow" }),
    "one of 1 kB over the limit": await sign({ padding: "x".repeat(9000) }),
    "a line break": `${first.refresh_token}\n`,
    "not a token": "not a token",
    "nothing": "",
  };
  for (const [name, token] of Object.entries(forged)) {
    const response = await origin.refresh(token);
    assert.equal(response.status, 400, name);
    assert.equal((await response.json()).error, "invalid_grant", name);
  }
  assert.equal((await rowOf(first.refresh_token)).used, null);
  assert.equal((await origin.refresh(await sign({}))).status, 200, "the same, unchanged, is genuine");
});

test("a critical extension is refused, since none is understood", async () => {
  const secret = Buffer.from(keys.refresh.keys[0].k, "base64url");
  const header = { ...decodeProtectedHeader(first.refresh_token), crit: ["exp"], exp: 1 };
  const input = `${encode(header)}.${encode(decodeJwt(first.refresh_token))}`;
  const signature = createHmac("sha256", secret).update(input).digest("base64url");

  await assertRefused(await origin.refresh(`${input}.${signature}`));
});

test("keys rotate: new tokens get the newest key, old tokens and lost answers survive", async (t) => {
  const lost = await (await origin.refresh(first.refresh_token, "key-1")).text();
  const waiting = await (await origin.login(EMAIL, PASSWORD)).json();
  const retire = (key) => ({ ...key, exp: now() + 86_400, "edgewarden:sign_until": now() });
  t.after(() => origin.update({}));

  await origin.update({
    keys: {
      access: { keys: [newKey("access-2"), ...keys.access.keys.map(retire)] },
      refresh: { keys: [newKey("refresh-2"), ...keys.refresh.keys.map(retire)] },
    },
  });
  const again = await (await origin.refresh(first.refresh_token, "key-1")).text();
  assert.equal(again, lost, "signed again with the old keys");
  const next = await (await origin.refresh(waiting.refresh_token)).json();
  assert.equal(decodeProtectedHeader(next.access_token).kid, "access-2");
  assert.equal(decodeProtectedHeader(next.refresh_token).kid, "refresh-2");
});

test("a lost answer whose refresh key is gone is refused without an alarm, and changes nothing", async (t) => {
  // The first token is of the key that stays, its successor of the one that is withdrawn.
  const kept = { ...keys.refresh.keys[0], "edgewarden:sign_until": now() };
  const withdrawn = newKey("refresh-2");
  const before = { keys: { access: keys.access, refresh: { keys: [withdrawn, kept] } } };
  t.after(() => origin.update({}));
  await origin.update(before);
  const lost = await (await origin.refresh(first.refresh_token, "key-1")).text();

  const revoked = { ...withdrawn, revoked: { revoked_at: now(), reason: "superseded" } };
  for (const ring of [[newKey("refresh-3"), kept], [newKey("refresh-3"), revoked, kept]]) {
    await origin.update({ keys: { access: { keys: [newKey("access-2")] }, refresh: { keys: ring } } });
    await assertRefused(await origin.refresh(first.refresh_token, "key-1"));
    await assertNoAlarm(first.refresh_token);
  }
  await origin.update(before);
  assert.equal(await (await origin.refresh(first.refresh_token, "key-1")).text(), lost);
});

test("a lost answer whose access key is gone comes with a fresh access token", async (t) => {
  const lost = await (await origin.refresh(first.refresh_token, "key-1")).json();
  const access = { keys: [newKey("access-2")] };
  t.after(() => origin.update({}));

  await origin.update({ keys: { access, refresh: keys.refresh } });
  const again = await (await origin.refresh(first.refresh_token, "key-1")).json();
  assert.equal(again.refresh_token, lost.refresh_token);
  const expected = { issuer: ISSUER, audience: AUDIENCE };
  await jwtVerify(again.access_token, Buffer.from(access.keys[0].k, "base64url"), expected);
});

test("a token under a key that is revoked, over, or not there yet is refused", async (t) => {
  t.after(() => origin.update({}));
  for (const end of [{ revoked: { revoked_at: 1, reason: "compromised" } }, { exp: now() - 1 }, { nbf: now() + 600 }]) {
    const ring = [newKey("refresh-2"), { ...keys.refresh.keys[0], ...end }];
    await origin.update({ keys: { access: keys.access, refresh: { keys: ring } } });
    await assertRefused(await origin.refresh(first.refresh_token));
  }
  assert.equal((await rowOf(first.refresh_token)).used, null);
});

test("a key that stopped signing cannot mint a new session", async (t) => {
  t.after(() => origin.update({}));
  const ring = [newKey("refresh-2"), { ...keys.refresh.keys[0], "edgewarden:sign_until": now() - 3600 }];
  await origin.update({ keys: { access: keys.access, refresh: { keys: ring } } });

  await assertRefused(await origin.refresh(first.refresh_token));
});

test("a token without a kid, or with one that is not known, is tried on every key", async () => {
  const secret = Buffer.from(keys.refresh.keys[0].k, "base64url");
  const claims = decodeJwt(first.refresh_token);
  const sign = (header) =>
    new SignJWT(claims).setProtectedHeader({ alg: "HS256", typ: "rt+jwt", ...header }).sign(secret);

  const response = await origin.refresh(await sign({}), "key-1");
  assert.equal(response.status, 200);
  assert.equal((await origin.refresh(await sign({ kid: "of-another-time" }), "key-1")).status, 200);
});

test("the nightly sweep forgets expired tokens and keeps the others", async () => {
  const { refresh_token: other } = await (await origin.login(EMAIL, PASSWORD)).json();
  await origin.refresh(first.refresh_token);
  await origin.db
    .prepare("UPDATE refresh_tokens SET expires = ? WHERE id = ?")
    .bind(now() - 1, idOf(first.refresh_token))
    .run();
  const worker = await origin.mf.getWorker();
  await worker.scheduled({ cron: "17 3 * * *" });

  assert.equal(await rowOf(first.refresh_token), null);
  assert.equal((await origin.refresh(other)).status, 200);
});

test("the log tells what happened, and has no token, secret, password, email or claim in it", async () => {
  const wrong = "a wrong password that someone typed";
  await origin.login(EMAIL, wrong);
  const second = await (await origin.refresh(first.refresh_token)).json();
  await origin.refresh(first.refresh_token);
  await origin.refresh("eyJub3QiOiJhIHRva2VuIn0.e30.AAAA");
  await origin.post("/logout", { refresh_token: second.refresh_token });

  const log = origin.output();
  for (const event of ["login", "login_refused", "refreshed", "refresh_refused", "refresh_token_reused", "logout"]) {
    assert.ok(log.includes(`"event":"${event}"`), event);
  }
  const { results: rows } = await origin.db.prepare("SELECT id, access_id FROM refresh_tokens").all();
  const secrets = [...keys.access.keys, ...keys.refresh.keys].map((key) => key.k);
  const confidential = [
    ...secrets,
    ...secrets.map((secret) => Buffer.from(secret, "base64url").toString("hex")),
    ...[first, second].flatMap((pair) => [pair.access_token, pair.refresh_token]).flatMap((token) => token.split(".")),
    ...rows.flatMap((row) => [row.id, row.access_id]),
    "eyJub3QiOiJhIHRva2VuIn0",
    EMAIL,
    PASSWORD,
    wrong,
    "user-ada",
    ISSUER,
  ];
  for (const text of confidential) {
    assert.ok(!log.includes(text), text);
  }
});
