import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { startOrigin } from "./origin_fixture.mjs";

const EMAIL = "ada@example.com";
const PASSWORD = "correct horse battery";

let origin;
let first;

before(async () => {
  origin = await startOrigin();
  await origin.addUser({ email: EMAIL, password: PASSWORD });
});

beforeEach(async () => {
  first = await (await origin.login(EMAIL, PASSWORD)).json();
});

after(() => origin.dispose());

const isOver = async (token) => (await origin.refresh(token)).status === 400;

test("a logout ends the session", async () => {
  const response = await origin.post("/logout", { refresh_token: first.refresh_token });

  assert.equal(response.status, 204);
  assert.ok(await isOver(first.refresh_token));
});

test("a logout with a token that has been exchanged ends what it was exchanged for", async () => {
  const second = await (await origin.refresh(first.refresh_token)).json();
  await origin.post("/logout", { refresh_token: first.refresh_token });

  assert.ok(await isOver(second.refresh_token));
});

test("a revocation as in RFC 7009 does the same", async () => {
  const body = { token: first.refresh_token, token_type_hint: "refresh_token" };
  const response = await origin.post("/revoke", body);

  assert.equal(response.status, 200);
  assert.equal(await response.text(), "");
  assert.ok(await isOver(first.refresh_token));
});

test("a logout says yes to any token, and twice", async () => {
  const { access_token: access, refresh_token: refresh } = first;
  for (const token of [refresh, refresh, access, "not a token", "", "' OR 1=1 --"]) {
    assert.equal((await origin.post("/logout", { refresh_token: token })).status, 204);
    assert.equal((await origin.post("/revoke", { token })).status, 200);
  }
  assert.equal((await origin.post("/logout", {})).status, 204);
});

test("a revocation of nothing is an error, as in RFC 7009", async () => {
  const response = await origin.post("/revoke", {});

  assert.equal(response.status, 400);
  assert.equal((await response.json()).error, "invalid_request");
});

test("a forged token ends nobody's session", async () => {
  const [header, payload] = first.refresh_token.split(".");
  await origin.post("/logout", { refresh_token: `${header}.${payload}.${"A".repeat(43)}` });

  assert.equal((await origin.refresh(first.refresh_token)).status, 200);
});

test("a logout ends one session, not the user's others", async () => {
  const other = await (await origin.login(EMAIL, PASSWORD)).json();
  await origin.post("/logout", { refresh_token: first.refresh_token });

  assert.equal((await origin.refresh(other.refresh_token)).status, 200);
});
