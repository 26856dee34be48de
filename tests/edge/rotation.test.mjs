// Secrets rotate: a ring holds several, old tokens live as long as their key does, and nothing but the ring changes.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { startGate, startGates } from "./gate_fixture.mjs";
import { claims, keyOfSecret, keySet, newKey, newSecret, now, sign } from "./tokens.mjs";

const hour = 3600;
const nameless = { kid: undefined };

async function verdict(gate, token) {
  const response = await gate.get("/list_events", token);
  return response.status === 200 ? "ok" : (await response.json()).code;
}

describe("a ring of three secrets", () => {
  const newest = newKey("2026-07");
  const previous = newKey("2026-06", { exp: now() + hour });
  const oldest = newKey("2026-05", { exp: now() - hour });
  let gate;

  before(async () => {
    gate = await startGate({ secrets: { ACCESS_KEYS: keySet(newest, previous, oldest) } });
  });

  for (const [what, key, expected] of [
    ["the new one passes", newest, "ok"],
    ["the previous one, which has an end to come, passes", previous, "ok"],
    ["the oldest one, whose end has passed, is retired", oldest, "key_retired"],
    ["one that was never in the ring under a known name does not match", newKey("2026-07"), "signature_mismatch"],
  ]) {
    test(`${what}, with a kid`, async () => assert.equal(await verdict(gate, sign(key)), expected));
    test(`${what}, without one`, async () => {
      assert.equal(await verdict(gate, sign(key, claims(), nameless)), expected);
    });
  }

  test("the origin is told which key it was", async () => {
    for (const [key, header] of [[newest, {}], [previous, {}], [previous, nameless]]) {
      const response = await gate.get("/list_events", sign(key, claims(), header));
      assert.equal((await response.json()).headers["x-auth-key-id"], key.kid);
    }
  });

  test("the refusal of a retired key is logged with its name", async () => {
    const response = await gate.get("/list_events", sign(oldest, claims(), nameless));
    const line = await gate.decision(response.headers.get("x-request-id"));
    assert.equal(line.kid, "2026-05");
  });

  test("a retired key is retired for expired tokens, too: the key is the news", async () => {
    assert.equal(await verdict(gate, sign(oldest, claims({ exp: now() - 100 }))), "key_retired");
  });
});

describe("a rotation", () => {
  test("changes ACCESS_KEYS and nothing else", async () => {
    const [first, second, third] = [newKey("1"), newKey("2"), newKey("3")];
    const tokens = [first, second, third].map((key) => sign(key));
    const gate = await startGate({ secrets: { ACCESS_KEYS: keySet(first) } });
    const verdicts = async () => {
      const all = [];
      for (const token of tokens) all.push(await verdict(gate, token));
      return all;
    };
    assert.deepEqual(await verdicts(), ["ok", "key_not_found", "key_not_found"]);
    await gate.update({ secrets: { ACCESS_KEYS: keySet(second, { ...first, exp: now() + hour }) } });
    assert.deepEqual(await verdicts(), ["ok", "ok", "key_not_found"]);
    await gate.update({ secrets: { ACCESS_KEYS: keySet(third, { ...second, exp: now() + hour }, { ...first, exp: now() - 1 }) } });
    assert.deepEqual(await verdicts(), ["key_retired", "ok", "ok"]);
    await gate.update({ secrets: { ACCESS_KEYS: keySet(third) } });
    assert.deepEqual(await verdicts(), ["key_not_found", "key_not_found", "ok"]);
  });

  test("of bare secrets works the same way", async () => {
    const [old, young] = [newSecret(), newSecret()];
    const tokens = [old, young].map((secret) => sign(keyOfSecret(secret)));
    const [before, during, after] = await startGates([
      { secrets: { ACCESS_SECRET: old } },
      { secrets: { ACCESS_SECRET: young, ACCESS_SECRET_PREVIOUS: old } },
      { secrets: { ACCESS_SECRET: young } },
    ]);
    for (const [gate, expected] of [
      [before, ["ok", "signature_mismatch"]],
      [during, ["ok", "ok"]],
      [after, ["signature_mismatch", "ok"]],
    ]) {
      assert.deepEqual([await verdict(gate, tokens[0]), await verdict(gate, tokens[1])], expected);
    }
  });

  test("takes a key out of use and another into use when their time comes, with no deployment", async () => {
    const soon = now() + 2;
    const [leaving, coming] = [newKey("leaving", { exp: soon }), newKey("coming", { nbf: soon })];
    const gate = await startGate({ secrets: { ACCESS_KEYS: keySet(coming, leaving) } });
    const tokens = [sign(leaving), sign(coming)];
    const verdicts = async () => [await verdict(gate, tokens[0]), await verdict(gate, tokens[1])];
    const early = await verdicts();
    // A machine that took two seconds to start has seen the second state only.
    if (Date.now() / 1000 < soon) assert.deepEqual(early, ["ok", "key_not_active"]);
    await sleep(soon * 1000 - Date.now() + 20);
    assert.deepEqual(await verdicts(), ["key_retired", "ok"]);
  });

  test("keeps old tokens of a key that is no longer signed with, and takes no new ones", async () => {
    const leaked = newKey("leaked", { "edgewarden:sign_until": now() - hour, exp: now() + hour });
    const gate = await startGate({ secrets: { ACCESS_KEYS: keySet(newKey("new"), leaked) } });
    assert.equal(await verdict(gate, sign(leaked, claims({ iat: now() - 2 * hour }))), "ok");
    assert.equal(await verdict(gate, sign(leaked, claims({ iat: now() }))), "key_retired");
    assert.equal(await verdict(gate, sign(leaked, claims({ iat: undefined }))), "key_retired");
  });

  test("carries a weak legacy secret over, as long as it has an end", async () => {
    const weak = newKey("legacy", {
      k: Buffer.from(newSecret(12)).toString("base64url"),
      exp: now() + hour,
      "edgewarden:weak": true,
    });
    const gate = await startGate({ secrets: { ACCESS_KEYS: keySet(newKey("new"), weak) } });
    assert.equal(await verdict(gate, sign(weak)), "ok");
  });

  test("can let an unknown kid be tried under every key, when configured so", async () => {
    const key = newKey("renamed");
    const token = sign(key, claims(), { kid: "its old name" });
    const [strict, lenient] = await startGates([
      { secrets: { ACCESS_KEYS: keySet(key) } },
      { gate: { unknown_kid: "try_all" }, secrets: { ACCESS_KEYS: keySet(newKey("newer"), key) } },
    ]);
    assert.equal(await verdict(strict, token), "key_not_found");
    assert.equal(await verdict(lenient, token), "ok");
    assert.equal(await verdict(lenient, sign(newKey("x"))), "signature_mismatch");
    // A kid that the ring does know stays final.
    assert.equal(await verdict(lenient, sign(key, claims(), { kid: "newer" })), "signature_mismatch");
  });

  test("revokes a secret under every name that it has", async () => {
    const revoked = newKey("leaked", { revoked: { revoked_at: now(), reason: "compromised" } });
    const { revoked: _, ...copy } = { ...revoked, kid: "copy" };
    const gate = await startGate({ secrets: { ACCESS_KEYS: keySet(newKey("new"), revoked, copy) } });
    assert.equal(await verdict(gate, sign(revoked)), "key_revoked");
    assert.equal(await verdict(gate, sign(copy)), "key_revoked");
    assert.equal(await verdict(gate, sign(revoked, claims(), nameless)), "key_revoked");
  });
});
