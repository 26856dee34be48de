// The day that the gate exists for: the issuer signs with one secret, and whoever verifies holds another. Refresh answers 200,
// every call after it 401, and clients go round in circles. Here the first refresh says so, to the client and in the log.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { startGate } from "../edge/gate_fixture.mjs";
import { fingerprint, keySet, newKey } from "../edge/tokens.mjs";
import { AUDIENCE, ISSUER, newKeys, startOrigin } from "../origin/origin_fixture.mjs";
import { startRefreshGate } from "./refresh_fixture.mjs";

const EMAIL = "ada@example.com";
const PASSWORD = "correct horse battery";

/** The key that the gate holds: same name, same algorithm, another secret. */
const held = newKey("access-1");

let origin;
let gate;
before(async () => {
  origin = await startOrigin({ keys: newKeys(), faults: true });
  await origin.addUser({ id: "user-ada", email: EMAIL, password: PASSWORD, scope: "events" });
  gate = await startGate({
    secrets: { ACCESS_KEYS: keySet(held), REFRESH_KEYS: JSON.stringify(origin.keys.refresh) },
    vars: { ORIGIN: origin.url },
    gate: { issuer: ISSUER, audience: AUDIENCE, refresh: { url: "/refresh" } },
    durableObjects: { REFRESH_GATE: { className: "RefreshGate", useSQLite: true } },
  });
});
after(async () => {
  await gate?.dispose();
  await origin?.dispose();
});

let session;
beforeEach(async () => {
  session = await (await origin.login(EMAIL, PASSWORD)).json();
});

/**
 * A client that does what it is told, and nothing else: it refreshes where `action` is `refresh`, calls again with what it got,
 * and is signed out where it is `login`. It never counts its attempts: ending is for the gate to see to.
 */
async function obey({ access_token: access, refresh_token: token }) {
  const client = { requests: [], signedOut: false };
  const ask = async (path, init) => {
    assert.ok(client.requests.length < 20, "it goes round in circles");
    const response = await fetch(gate.url + path, init);
    const body = await response.json();
    client.requests.push([path, response.status, body.code]);
    return { response, body };
  };
  for (;;) {
    const called = await ask("/check_session", { headers: { Authorization: `Bearer ${access}` } });
    if (called.response.ok) return client;
    let { action } = called.body;
    if (action === "refresh") {
      const fields = new URLSearchParams({ grant_type: "refresh_token", refresh_token: token });
      const refreshed = await ask("/auth/refresh", { method: "POST", body: fields });
      ({ access_token: access = access, refresh_token: token = token, action = "call" } = refreshed.body);
    }
    if (action === "login") {
      client.signedOut = true;
      return client;
    }
  }
}

async function eventually(condition) {
  for (const deadline = Date.now() + 5000; Date.now() < deadline; ) {
    const found = condition();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return undefined;
}

test("a client that obeys is signed out after at most three requests", async () => {
  const client = await obey(session);
  assert.equal(client.signedOut, true);
  assert.ok(client.requests.length <= 3, JSON.stringify(client.requests));
  assert.deepEqual(client.requests, [
    ["/check_session", 401, "signature_mismatch"],
    ["/auth/refresh", 502, "issued_token_unusable"],
  ]);
});

test("the first refresh says what is wrong, to the client and as an error in the log, and shows neither secret nor token", async () => {
  const written = gate.output().length;
  const fields = new URLSearchParams({ grant_type: "refresh_token", refresh_token: session.refresh_token });
  const response = await fetch(`${gate.url}/auth/refresh`, { method: "POST", body: fields });
  const text = await response.text();
  const body = JSON.parse(text);
  assert.deepEqual(
    [response.status, body.error, body.code, body.action, body.reason],
    [502, "server_error", "issued_token_unusable", "login", "signature_mismatch"],
  );
  assert.equal(response.headers.get("x-edgewarden-action"), "login");
  assert.equal(body.access_token, undefined);

  const line = await eventually(() => gate.logs().find(({ request_id: id }) => id === body.request_id));
  assert.ok(line, "it is in the log");
  assert.deepEqual(
    [line.level, line.code, line.action, line.reason],
    ["error", "issued_token_unusable", "login", "signature_mismatch"],
  );
  assert.equal(line.token, fingerprint(session.refresh_token));
  // Which token it was that the gate refused: what the issuer's own log can be searched for.
  assert.match(line.successor ?? "", /^[0-9a-f]{16}$/);
  const output = gate.output().slice(written);
  const secrets = [held.k, ...origin.keys.access.keys.map(({ k }) => k), ...session.refresh_token.split(".").slice(1)];
  for (const secret of secrets) assert.ok(!output.includes(secret) && !text.includes(secret));
});

test("the log names both tokens: the one that was presented, and the one that the issuer is to be asked about", async () => {
  const scripted = await startRefreshGate();
  try {
    let pair;
    scripted.answer = ({ sub }) => ({ status: 200, body: (pair = scripted.pairFor(sub, { accessKey: held })) });
    const token = scripted.refreshToken();
    // Whoever asks again is told the same, and so is the log.
    for (let i = 0; i < 2; i += 1) {
      const { request_id: asked } = await (await scripted.post("/auth/refresh", { refresh_token: token })).json();
      const line = await eventually(() => scripted.logs().find(({ request_id: id }) => id === asked));
      assert.deepEqual([line.token, line.successor], [fingerprint(token), fingerprint(pair.access_token)]);
    }
    assert.equal(scripted.questions.length, 1);
  } finally {
    await scripted.dispose();
  }
});

test("with the same secret on both sides, the same client never notices anything", async () => {
  await gate.update({
    secrets: { ACCESS_KEYS: JSON.stringify(origin.keys.access), REFRESH_KEYS: JSON.stringify(origin.keys.refresh) },
    vars: { ORIGIN: origin.url },
    gate: { issuer: ISSUER, audience: AUDIENCE, refresh: { url: "/refresh" } },
    durableObjects: { REFRESH_GATE: { className: "RefreshGate", useSQLite: true } },
  });
  const client = await obey(session);
  assert.equal(client.signedOut, false);
  assert.deepEqual(client.requests.map(([path, status]) => [path, status]), [["/check_session", 200]]);
});
