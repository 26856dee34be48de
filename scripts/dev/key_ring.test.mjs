import assert from "node:assert/strict";
import { test } from "node:test";

import { newKey, newRing, rotated } from "./key_ring.mjs";

const NOW = 1_790_000_000;
const TTL = 900;

test("a new key is a random 256-bit HS256 key", () => {
  const key = newKey(NOW);
  assert.equal(Buffer.from(key.k, "base64url").length, 32);
  assert.notEqual(key.k, newKey(NOW).k);
  assert.match(key.kid, /^dev-20260921-[0-9a-f]{4}$/);
  assert.deepEqual([key.kty, key.alg, key.use], ["oct", "HS256", "sig"]);
});

test("a rotation puts a fresh key in front and lets the previous one verify while its tokens live", () => {
  const before = newRing(NOW);
  const { keys } = rotated(before, { now: NOW, accessTtl: TTL });
  assert.equal(keys.length, 2);
  assert.equal(keys[0].exp, undefined);
  assert.deepEqual(keys[1], { ...before.keys[0], "edgewarden:sign_until": NOW, exp: NOW + TTL + 30 });
});

test("a second rotation changes nothing about a key that had retired already", () => {
  const once = rotated(newRing(NOW), { now: NOW, accessTtl: TTL });
  const twice = rotated(once, { now: NOW + 60, accessTtl: TTL });
  assert.equal(twice.keys.length, 3);
  assert.deepEqual(twice.keys[2], once.keys[1]);
});

test("what no token can depend on any more is dropped", () => {
  const once = rotated(newRing(NOW), { now: NOW, accessTtl: TTL });
  const later = NOW + TTL + 30;
  const twice = rotated(once, { now: later, accessTtl: TTL });
  assert.deepEqual(twice.keys.map((key) => key.kid).slice(1), [once.keys[0].kid]);
});
