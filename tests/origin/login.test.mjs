import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { decodeProtectedHeader, errors, jwtVerify } from "jose";
import { AUDIENCE, ISSUER, startOrigin } from "./origin_fixture.mjs";

const EMAIL = "ada@example.com";
const PASSWORD = "correct horse battery";

const { JWSSignatureVerificationFailed } = errors;

let origin;

before(async () => {
  origin = await startOrigin();
  await origin.addUser({ id: "user-ada", email: EMAIL, password: PASSWORD, scope: "events positions" });
});

after(() => origin.dispose());

const postJson = (path, body) =>
  fetch(origin.url + path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

const secretOf = (ring) => Buffer.from(ring.keys[0].k, "base64url");

test("the right password gives a token response as in RFC 6749", async () => {
  const response = await origin.login(EMAIL, PASSWORD);

  assert.equal(response.status, 200);
  assert.equal(response.headers.get("Content-Type"), "application/json");
  assert.equal(response.headers.get("Cache-Control"), "no-store");
  const body = await response.json();
  assert.deepEqual(Object.keys(body), ["access_token", "token_type", "expires_in", "refresh_token", "scope"]);
  assert.equal(body.token_type, "Bearer");
  assert.equal(body.expires_in, 900);
  assert.equal(body.scope, "events positions");
});

test("the access token is what another library expects of one", async () => {
  const { access_token: token } = await (await origin.login(EMAIL, PASSWORD)).json();

  assert.deepEqual(decodeProtectedHeader(token), { alg: "HS256", typ: "at+jwt", kid: "access-1" });
  const { payload } = await jwtVerify(token, secretOf(origin.keys.access), {
    issuer: ISSUER,
    audience: AUDIENCE,
    typ: "at+jwt",
    subject: "user-ada",
  });
  const { iat, exp, jti, ...rest } = payload;
  assert.equal(exp - iat, 900);
  assert.ok(Math.abs(iat - Date.now() / 1000) < 10);
  assert.match(jti, /^[0-9a-f-]{36}$/);
  assert.deepEqual(rest, {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: "user-ada",
    client_id: "test-app",
    scope: "events positions",
    token_use: "access",
  });
});

test("the refresh token has its own ring, its own type and its own lifetime", async () => {
  const { refresh_token: token } = await (await origin.login(EMAIL, PASSWORD)).json();

  assert.deepEqual(decodeProtectedHeader(token), { alg: "HS256", typ: "rt+jwt", kid: "refresh-1" });
  await assert.rejects(jwtVerify(token, secretOf(origin.keys.access)), JWSSignatureVerificationFailed);
  const { payload } = await jwtVerify(token, secretOf(origin.keys.refresh), { issuer: ISSUER, audience: AUDIENCE });
  assert.equal(payload.exp - payload.iat, 30 * 86_400);
  assert.equal(payload.token_use, "refresh");
  assert.equal(payload.scope, undefined);
});

test("a login is understood as a form and as JSON, with email or username, in any case", async () => {
  for (const body of [
    { email: EMAIL, password: PASSWORD },
    { username: EMAIL, password: PASSWORD, grant_type: "password" },
    { email: "  ADA@Example.COM ", password: PASSWORD },
  ]) {
    assert.equal((await postJson("/login", body)).status, 200);
    assert.equal((await origin.post("/login", body)).status, 200);
  }
});

test("a password is the same password however its umlauts were typed", async () => {
  await origin.addUser({ email: "bjorn@example.com", password: "bj\u00f6rn loves rain" });

  assert.equal((await origin.login("bjorn@example.com", "bjo\u0308rn loves rain")).status, 200);
});

test("an unknown user and a wrong password get the same answer", async () => {
  const wrong = await origin.login(EMAIL, "not the password");
  const unknown = await origin.login("nobody@example.com", PASSWORD);

  assert.equal(wrong.status, 400);
  assert.equal(unknown.status, 400);
  const body = await wrong.text();
  assert.equal(JSON.parse(body).error, "invalid_grant");
  assert.equal(await unknown.text(), body);
});

test("an unknown user takes as long to refuse as a known one", async () => {
  const emails = [EMAIL, "nobody@example.com", "not\u0000an email"];
  const [known, ...others] = emails.map((email) => ({ email, fastest: Infinity }));
  // In turn, so that whatever else this machine does slows down all of them.
  for (let round = 0; round < 8; round++) {
    for (const user of [known, ...others]) {
      const start = performance.now();
      await (await origin.login(user.email, "not the password")).text();
      user.fastest = Math.min(user.fastest, performance.now() - start);
    }
  }
  for (const { email, fastest } of others) {
    // Hashing takes some tens of milliseconds, everything else very few.
    assert.ok(fastest > known.fastest / 2, `${JSON.stringify(email)} ${fastest} ms, known ${known.fastest} ms`);
  }
});

test("a scope can be asked for, up to what the user has", async () => {
  const narrow = await origin.post("/login", { email: EMAIL, password: PASSWORD, scope: "positions" });
  assert.equal((await narrow.json()).scope, "positions");

  const wide = await origin.post("/login", { email: EMAIL, password: PASSWORD, scope: "events admin" });
  assert.equal(wide.status, 400);
  assert.equal((await wide.json()).error, "invalid_scope");
});

test("SQL in an email or a password is a text like any other", async () => {
  const injections = [
    "' OR '1'='1",
    "ada@example.com' --",
    "'; DROP TABLE users; --",
    "\" OR \"\"=\"",
    "ada@example.com\u0000",
    "%",
    "\ud800",
    "x".repeat(5000),
  ];
  for (const text of injections) {
    for (const credentials of [
      { email: text, password: PASSWORD },
      { email: EMAIL, password: text },
    ]) {
      const response = await postJson("/login", credentials);
      assert.equal(response.status, 400, JSON.stringify(credentials));
      assert.equal((await response.json()).error, "invalid_grant");
    }
  }
  assert.equal((await origin.login(EMAIL, PASSWORD)).status, 200);
});

test("what is missing or not a text is said, and nothing else is", async () => {
  for (const body of [
    {},
    { email: EMAIL },
    { password: PASSWORD },
    { email: EMAIL, password: 12345678 },
    { email: [EMAIL], password: {} },
  ]) {
    const response = await postJson("/login", body);
    assert.equal(response.status, 400);
    assert.equal((await response.json()).error, "invalid_request");
  }
  const response = await postJson("/login", { email: EMAIL, password: PASSWORD, grant_type: "client_credentials" });
  assert.equal((await response.json()).error, "unsupported_grant_type");
});
