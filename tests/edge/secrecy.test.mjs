// No token, no secret and no claim value ever reaches the console or an answer of the gate. Every file of these tests looks
// for that when it has ended (gate_fixture.mjs); here the looking itself is tested, and the gate is given every occasion.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { confided, confideClaims, confideSecret, leaks } from "./confidential.mjs";
import { amountShown, assertNothingShown, eventually, startGate, startGates } from "./gate_fixture.mjs";
import { claims, keyOfSecret, keySet, newKey, newSecret, now, sign, signRaw } from "./tokens.mjs";

describe("what is looked for", () => {
  test("a secret, in each of its spellings", () => {
    const bytes = Buffer.from("not-a-real-secret:~?>tests only");
    confideSecret(bytes, "an example");
    for (const encoding of ["base64", "base64url", "hex", "utf8"]) {
      assert.deepEqual(leaks(`the key is ${bytes.toString(encoding)}!`), ["an example"], encoding);
    }
    assert.deepEqual(leaks(JSON.stringify({ k: bytes.toString() })), ["an example"]);
  });

  test("a token, its payload alone and its signature alone, but not its header", () => {
    const token = sign(newKey("example"));
    const [header, payload, signature] = token.split(".");
    for (const part of [token, payload, signature]) assert.notDeepEqual(leaks(`"${part}"`, ["token"]), []);
    assert.deepEqual(leaks(header, ["token"]), []);
  });

  test("every text and time among the claims, at any depth", () => {
    confideClaims({ list: [{ inner: "deep inside the claims" }], exp: 1_999_999_999, quoted: 'with "quotes" inside' });
    for (const text of ["so deep inside the claims.", '{"exp":1999999999}', 'with \\"quotes\\" inside']) {
      assert.equal(leaks(text).length, 1, text);
    }
    assert.deepEqual(leaks("nothing of that kind"), []);
  });
});

describe("a gate that is given every occasion", () => {
  const key = newKey("current");
  const retired = newKey("retired", { exp: now() - 1000 });
  const revoked = newKey("revoked", { revoked: { revoked_at: now(), reason: "compromised" } });

  test("shows nothing of tokens that it refuses, for whatever reason", async () => {
    const gate = await startGate({
      gate: { routes: [{ path: "/admin/*", scope: "admin" }], max_token_age: 3600 },
      secrets: { ACCESS_KEYS: keySet(key, retired, revoked) },
    });
    const telling = { email: "jane.doe@example.test", name: "Jane \"JD\" Doe\n", roles: ["accountant", "night-watch"] };
    const payloads = [
      {}, { exp: now() - 100 }, { nbf: now() + 100 }, { iat: now() + 100 }, { iat: now() - 9000 }, { iss: "https://issuer.invalid" },
      { aud: "https://audience.invalid" }, { token_use: "refresh" }, { exp: "a text for a time" }, { sub: { given: "Jane Doe, Esq." } },
      { aud: [{ nested: "an audience object" }] }, { scope: "a-very-special-scope another-special-scope" },
    ].map((changes) => claims({ ...telling, ...changes }));
    const tokens = [key, retired, revoked, newKey("current"), newKey("foreign")].flatMap((signer) =>
      payloads.map((payload) => sign(signer, payload)),
    );
    const broken = [
      (token) => `${token}${token}`, (token) => token.slice(0, -5), (token) => `"${token}"`, (token) => `Bearer ${token}`,
      (token) => token.replace(".", ".."), (token) => encodeURIComponent(`${token}=`), (token) => `${token}.${token}`,
    ].map((breaks) => breaks(sign(key, claims(telling))));
    const odd = [
      signRaw(key, '{"alg":"HS256","kid":"a kid that tells tales"}', JSON.stringify(claims(telling))),
      signRaw(key, '{"alg":"an algorithm of my own"}', JSON.stringify(claims(telling))),
      signRaw(key, '{"alg":"HS256","kid":"current"}', `{"sub":"twice the subject","sub":"thrice the subject"}`),
    ];
    for (const token of [...tokens, ...broken, ...odd]) {
      for (const path of ["/admin/users", "/auth/session", "/auth/verify"]) {
        const response = await gate.get(path, token, { headers: { "X-Forwarded-Uri": `/admin/x?token=${token.slice(0, 3000)}` } });
        await response.text();
      }
    }
    await gate.raw(`/admin/users?access_token=${tokens[0]}`);
    await gate.raw(`/auth/session?access_token=${tokens[0]}`);
    await gate.raw(`/auth/${tokens[0]}`);
    await eventually("the last line", () => gate.logs().length > 2 * tokens.length);
    assertNothingShown();
  });

  test("shows nothing of secrets that it cannot use", async () => {
    const [first, second] = [newSecret(), newSecret(17)];
    const jwk = newKey("one");
    const gates = await startGates([
      { secrets: { ACCESS_KEYS: first } },
      { secrets: { ACCESS_KEYS: `{"keys":[{"k":"${keyOfSecret(first).k}"` } },
      { secrets: { ACCESS_KEYS: keySet({ ...jwk, kid: { k: jwk.k } }) } },
      { secrets: { ACCESS_KEYS: keySet({ ...jwk, alg: jwk.k }) } },
      { secrets: { ACCESS_KEYS: keySet({ ...jwk, k: `${jwk.k}=` }) } },
      { secrets: { ACCESS_KEYS: keySet({ ...jwk, exp: jwk.k }) } },
      { secrets: { ACCESS_KEYS: keySet(jwk, { ...jwk, kid: "one" }), REFRESH_SECRET: second } },
      { secrets: { ACCESS_SECRET: first, ACCESS_SECRET_PREVIOUS: second, REFRESH_SECRET: first } },
      { secrets: { ACCESS_KEYS: keySet(jwk), ACCESS_SECRET: second } },
      { gate: { issuer: { secret: first }, [`x${first}`]: 1 }, secrets: { ACCESS_SECRET: second } },
    ]);
    for (const gate of gates) {
      assert.equal((await gate.get("/x", sign(jwk))).status, 503);
      assert.equal((await gate.get("/auth/health")).status, 503);
      assert.equal((await gate.get("/auth/session", sign(jwk))).status, 503);
    }
    await eventually("the findings", () => gates[0].logs().filter(({ event }) => event === "configuration").length >= 10);
    assertNothingShown();
  });

  test("shows nothing when the origin fails", async () => {
    const gate = await startGate({ secrets: { ACCESS_KEYS: keySet(key) }, vars: { ORIGIN: "http://127.0.0.1:9" } });
    const token = sign(key);
    const responses = [
      await gate.get(`/x?access_token=${token}`, token),
      await gate.get("/x", token, { method: "POST", body: token }),
      await gate.get("/x", token, { headers: { Cookie: `token=${token}`, Origin: `https://${token.slice(0, 20)}.test` } }),
    ];
    for (const response of responses) {
      assert.equal(response.status, 502);
      await gate.decision(response.headers.get("x-request-id"));
    }
    assertNothingShown();
  });

  test("had something to show, and there was something to look for", () => {
    const { console: lines, refusals, identities } = amountShown();
    assert.ok(lines > 20_000 && refusals > 20_000, `${lines} and ${refusals} characters`);
    assert.ok(identities >= 0);
    assert.ok(confided() > 300, `${confided()} values`);
  });
});
