// What the gate refuses by itself: the origin's ledger is not bothered with tokens that cannot be genuine any more.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { claims, keySet, newKey, now, sign } from "../edge/tokens.mjs";
import { startRefreshGate } from "./refresh_fixture.mjs";

const HOUR = 3600;
const KEYS = {
  current: newKey("current"),
  /** The issuer has stopped signing with it; what it signed before is good until `exp`. */
  retiring: newKey("retiring", { "edgewarden:sign_until": now() - HOUR, exp: now() + HOUR }),
  gone: newKey("gone", { exp: now() - HOUR }),
  revoked: newKey("revoked", { revoked: { revoked_at: now() - HOUR, reason: "compromised" } }),
  later: newKey("later", { nbf: now() + HOUR }),
};
const accessKey = newKey("access-1");

let gate;
before(async () => {
  gate = await startRefreshGate({
    secrets: { ACCESS_KEYS: keySet(accessKey), REFRESH_KEYS: keySet(...Object.values(KEYS)) },
  });
  gate.answer = ({ sub }) => ({ status: 200, body: gate.pairFor(sub, { accessKey, refreshKey: KEYS.current }) });
});
after(() => gate.dispose());
beforeEach(() => {
  gate.questions.length = 0;
});

const token = (key, changes = {}) => sign(key, claims({ token_use: "refresh", ...changes }), { typ: "rt+jwt" });

async function refresh(presented) {
  const response = await gate.post("/auth/refresh", { grant_type: "refresh_token", refresh_token: presented });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const tampered = (whole) => `${whole.slice(0, -8)}${whole.endsWith("AAAAAAA") ? "BBBBBBBB" : "AAAAAAAA"}`;

const REFUSED = {
  "an access token": [() => sign(accessKey), "key_not_found"],
  "an access token under a key of the refresh ring": [() => token(KEYS.current, { token_use: "access" }), "type_mismatch"],
  "under a retired key, signed after it was retired": [() => token(KEYS.retiring), "key_retired"],
  "under a key whose time is over": [() => token(KEYS.gone), "key_retired"],
  "under a revoked key": [() => token(KEYS.revoked), "key_revoked"],
  "under a key whose time has not come": [() => token(KEYS.later), "key_not_active"],
  "under an unknown key": [() => token(newKey("unknown")), "key_not_found"],
  "under another secret of the same name": [() => token(newKey("current")), "signature_mismatch"],
  "with a changed signature": [() => tampered(token(KEYS.current)), "signature_mismatch"],
  "expired": [() => token(KEYS.current, { exp: now() - HOUR }), "expired"],
  "for another audience": [() => token(KEYS.current, { aud: "https://other.test" }), "audience_mismatch"],
  "of another issuer": [() => token(KEYS.current, { iss: "https://other.test" }), "issuer_mismatch"],
  "of 1 MB": [() => `${"a".repeat(500_000)}.${"b".repeat(499_000)}.cc`, "token_too_large"],
  "two tokens glued together": [() => token(KEYS.current) + token(KEYS.current), "malformed_token"],
};
for (const [what, [make, reason]] of Object.entries(REFUSED)) {
  test(`refused here: ${what}`, async () => {
    const presented = make();
    const { status, headers, body } = await refresh(presented);
    assert.deepEqual(
      [status, body.error, body.code, body.action, body.reason],
      [400, "invalid_grant", "refresh_token_invalid", "login", reason],
    );
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(gate.origin.requests.length, 0);
    assert.ok(!gate.output().includes(presented.slice(-40)));
  });
}

test("whoever sends far too much gets an answer, too, and not a broken connection", async () => {
  const large = "a".repeat(2_000_000);
  for (let i = 0; i < 40; i += 1) assert.equal((await refresh(large)).body.reason, "token_too_large");
  assert.equal(gate.origin.requests.length, 0);
});

test("a refresh token is no access token", async () => {
  const response = await gate.get("/api", token(KEYS.current));
  assert.equal(response.status, 401);
  assert.equal(gate.origin.requests.length, 0);
});

test("what a retired key signed while it was used is exchanged until the key's time is over", async () => {
  const old = token(KEYS.retiring, { iat: now() - 2 * HOUR, exp: now() + HOUR });
  const { status } = await refresh(old);
  assert.equal(status, 200);
  assert.equal(gate.questions.length, 1);
});
