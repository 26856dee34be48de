// Every refusal has its status, error, code and action, a problem body and a challenge, and never reaches the origin.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { startGate } from "./gate_fixture.mjs";
import { claims, fingerprint, keySet, newKey, now, sign, signRaw } from "./tokens.mjs";

/** The contract: code, status, `error` (null: none, a bare challenge), action. */
const CONTRACT = `
  missing_token               401 null                    login
  multiple_tokens             400 invalid_request         stop
  token_too_large             401 invalid_token           stop
  malformed_token             401 invalid_token           refresh
  algorithm_not_allowed       401 invalid_token           refresh
  critical_header_unsupported 401 invalid_token           refresh
  key_not_found               401 invalid_token           refresh
  key_not_active              401 invalid_token           retry
  key_retired                 401 invalid_token           refresh
  key_revoked                 401 invalid_token           refresh
  signature_mismatch          401 invalid_token           refresh
  malformed_claims            401 invalid_token           stop
  claim_missing               401 invalid_token           stop
  expired                     401 invalid_token           refresh
  not_yet_valid               401 invalid_token           retry
  issued_in_future            401 invalid_token           retry
  token_too_old               401 invalid_token           refresh
  issuer_mismatch             401 invalid_token           stop
  audience_mismatch           401 invalid_token           stop
  type_mismatch               401 invalid_token           stop
  insufficient_scope          403 insufficient_scope      stop
  configuration_invalid       503 temporarily_unavailable retry
`;

const contract = new Map(
  CONTRACT.trim().split("\n").map((line) => {
    const [code, status, error, action] = line.trim().split(/\s+/);
    return [code, { code, status: Number(status), error: error === "null" ? null : error, action }];
  }),
);

const day = 86_400;
const key = newKey("current");
const sha512 = newKey("sha512", { alg: "HS512" });
const nameless = newKey(undefined);
const future = newKey("future", { nbf: now() + day });
const retired = newKey("retired", { exp: now() - day });
const notSigning = newKey("not-signing", { "edgewarden:sign_until": now() - day });
const revoked = newKey("revoked", { revoked: { revoked_at: now() - day, reason: "compromised" } });
const foreign = newKey("current");

const GATE = {
  max_token_age: 3600,
  required_claims: ["exp", "sub"],
  routes: [{ path: "/admin/*", scope: ["admin", "audit"] }],
};

const altered = (token, part) => {
  const parts = token.split(".");
  parts[part] = parts[part].replace(/^../, (start) => (start === "AA" ? "AB" : "AA"));
  return parts.join(".");
};
const unsigned = (alg) => signRaw(key, JSON.stringify({ alg }), JSON.stringify(claims())).replace(/[^.]*$/, "");

/** Code: description and token (or whole Authorization header; or path and token), each of them refused with it. */
const CASES = {
  missing_token: {
    "no Authorization header": { headers: [] },
    "an empty Authorization header": { headers: [["Authorization", ""]] },
    "credentials of another scheme": { headers: [["Authorization", "Basic dXNlcjpwYXNzd29yZA=="]] },
    "a scheme without a token": { headers: [["Authorization", "Bearer"]] },
    "a scheme and spaces": { headers: [["Authorization", "Bearer   "]] },
    "a token without a scheme": { headers: [["Authorization", sign(key)]] },
    "a scheme that only begins like Bearer": { headers: [["Authorization", `BearerToken ${sign(key)}`]] },
    "a token in the query only": { path: `/list_events?access_token=${sign(key)}`, headers: [] },
  },
  multiple_tokens: {
    "two Authorization headers": {
      headers: [["Authorization", `Bearer ${sign(key)}`], ["Authorization", `Bearer ${sign(key)}`]],
    },
    "the same header twice": { headers: twice(["Authorization", `Bearer ${sign(key)}`]) },
    "Basic and Bearer": {
      headers: [["Authorization", "Basic dXNlcjpwYXNzd29yZA=="], ["Authorization", `Bearer ${sign(key)}`]],
    },
    "Bearer and Basic": {
      headers: [["Authorization", `Bearer ${sign(key)}`], ["Authorization", "Basic dXNlcjpwYXNzd29yZA=="]],
    },
    "two credentials in one header": { headers: [["Authorization", `Bearer ${sign(key)}, Bearer ${sign(key)}`]] },
  },
  token_too_large: {
    "a token of 8193 bytes": tokenOfLength(8193),
    "dots beyond the limit": ".".repeat(100_000),
  },
  malformed_token: {
    "one segment": "abcdef",
    "two segments": sign(key).replace(/\.[^.]*$/, ""),
    "four segments": `${sign(key)}.AAAA`,
    "an encrypted token": `${sign(key)}.AAAA.AAAA`,
    "a truncated token": sign(key).slice(0, -1),
    "padding": `${sign(key)}=`,
    "two tokens glued together": sign(key) + sign(key),
    "a header that is no JSON": signRaw(key, "header", JSON.stringify(claims())),
    "a header with a member twice": signRaw(key, '{"alg":"HS256","alg":"HS256"}', JSON.stringify(claims())),
    "a header without alg": sign(key, claims(), { alg: undefined }),
    "a detached payload": sign(key).replace(/\..*\./, ".."),
  },
  algorithm_not_allowed: {
    "alg none": unsigned("none"),
    "alg nOnE": unsigned("nOnE"),
    "alg none with a signature": sign(key, claims(), { alg: "none" }),
    "an algorithm that no key carries": sign(key, claims(), { alg: "RS256" }),
    "an algorithm that the named key does not carry": sign(key, claims(), { alg: "HS512", kid: "current" }),
    "an algorithm in lower case": sign(key, claims(), { alg: "hs256" }),
  },
  critical_header_unsupported: {
    "crit": sign(key, claims(), { crit: ["exp"] }),
    "an empty crit": sign(key, claims(), { crit: [] }),
    "b64 false": sign(key, claims(), { b64: false }),
  },
  key_not_found: {
    "a kid that the ring does not have": sign(key, claims(), { kid: "unknown" }),
    "a kid in another case": sign(key, claims(), { kid: "Current" }),
  },
  key_not_active: {
    "a key whose nbf has not come": sign(future),
    "such a key without a kid": sign(future, claims(), { kid: undefined }),
  },
  key_retired: {
    "a key whose exp has passed": sign(retired),
    "such a key without a kid": sign(retired, claims(), { kid: undefined }),
    "a token from after sign_until": sign(notSigning),
    "a token that does not say when it was issued, of a key with sign_until": sign(
      notSigning,
      claims({ iat: undefined }),
    ),
  },
  key_revoked: {
    "a revoked key": sign(revoked),
    "a revoked key without a kid": sign(revoked, claims(), { kid: undefined }),
  },
  signature_mismatch: {
    "another secret under a known kid": sign(foreign),
    "another secret without a kid": sign(foreign, claims(), { kid: undefined }),
    "an altered payload": sign(key).replace(/\.[^.]*\./, `.${sign(key).split(".")[1]}.`),
    "an altered signature": altered(sign(key), 2),
    "another key's kid": sign(key, claims(), { kid: "retired" }),
  },
  malformed_claims: {
    "a payload that is no JSON": sign(key, "claims"),
    "a payload that is an array": sign(key, "[]"),
    "a claim twice": sign(key, `{"sub":"first-subject","exp":${now() + 600},"exp":${now() + 900}}`),
    "exp as a string": sign(key, claims({ exp: String(now() + 600) })),
    "exp in milliseconds": sign(key, claims({ exp: (now() + 600) * 1000 })),
    "exp beyond all numbers": sign(key, '{"sub":"first-subject","exp":1e400}'),
    "aud as an object": sign(key, claims({ aud: { api: true } })),
    "sub as a number": sign(key, claims({ sub: 42 })),
  },
  claim_missing: {
    "no exp": sign(key, claims({ exp: undefined })),
    "no iss": sign(key, claims({ iss: undefined })),
    "no aud": sign(key, claims({ aud: undefined })),
    "no iat where the age is bounded": sign(key, claims({ iat: undefined })),
    "no sub where it is required": sign(key, claims({ sub: undefined })),
  },
  expired: {
    "exp before the leeway": sign(key, claims({ exp: now() - 31 })),
    "exp in 1970": sign(key, claims({ exp: 1 })),
  },
  not_yet_valid: { "nbf beyond the leeway": sign(key, claims({ nbf: now() + 300 })) },
  issued_in_future: { "iat beyond the leeway": sign(key, claims({ iat: now() + 300 })) },
  token_too_old: { "iat before the greatest age": sign(key, claims({ iat: now() - 3700 })) },
  issuer_mismatch: {
    "another issuer": sign(key, claims({ iss: "https://issuer.invalid" })),
    "an issuer with a slash more": sign(key, claims({ iss: "https://issuer.test/" })),
  },
  audience_mismatch: {
    "another audience": sign(key, claims({ aud: "https://other.invalid" })),
    "an array of others": sign(key, claims({ aud: ["https://other.invalid", "https://third.invalid"] })),
    "no audience in the array": sign(key, claims({ aud: [] })),
  },
  type_mismatch: {
    "a refresh token by its typ": sign(key, claims(), { typ: "rt+jwt" }),
    "a refresh token by its claim": sign(key, claims({ token_use: "refresh" })),
    "an ID token by its claim": sign(key, claims({ token_type: "ID_Token" })),
  },
  insufficient_scope: {
    "no scope": { path: "/admin/users", token: sign(key) },
    "half of the scope": { path: "/admin/users", token: sign(key, claims({ scope: "admin" })) },
    "scope in another case": { path: "/admin/users", token: sign(key, claims({ scope: "Admin Audit" })) },
  },
};

function twice(header) {
  return [header, header];
}

function tokenOfLength(length) {
  for (let filler = length / 2; ; filler += 1) {
    const token = sign(key, claims({ filler: "x".repeat(filler) }));
    if (token.length >= length) return token;
  }
}

describe("refusals", () => {
  let gate;

  before(async () => {
    const ring = keySet(key, sha512, future, retired, notSigning, revoked, nameless);
    gate = await startGate({ gate: GATE, secrets: { ACCESS_KEYS: ring } });
  });

  for (const [code, cases] of Object.entries(CASES)) {
    for (const [description, presented] of Object.entries(cases)) {
      test(`${code}: ${description}`, async () => {
        const { path = "/list_events", token, headers } = typeof presented === "string" ? { token: presented } : presented;
        const response = await gate.raw(path, { headers: headers ?? [["Authorization", `Bearer ${token}`]] });
        assertRefused(response, contract.get(code), { scope: "admin audit" });
        assert.equal(gate.origin.requests.length, 0, "it reached the origin");

        const line = await gate.decision(response.json().request_id);
        assert.equal(line.code, code);
        assert.equal(line.action, contract.get(code).action);
        assert.equal(line.token, token === undefined ? null : fingerprint(token));
      });
    }
  }

  test("the cases are those of the contract that a sound configuration can meet", () => {
    const expected = [...contract.keys()].filter((code) => code !== "configuration_invalid");
    assert.deepEqual(Object.keys(CASES), expected);
  });

  test("nothing that was refused has reached the origin, and a good token still does", async () => {
    assert.equal(gate.origin.requests.length, 0);
    assert.equal((await gate.get("/list_events", sign(key))).status, 200);
    assert.equal(gate.origin.requests.length, 1);
  });

  test("a token at the limit passes, and one byte more does not", async () => {
    const token = tokenOfLength(8190);
    assert.ok(token.length <= 8192, "the filler has made it too long");
    assert.equal((await gate.get("/list_events", token)).status, 200);
  });

  test("the leeway counts for exp, nbf and iat", async () => {
    for (const changes of [{ exp: now() - 20 }, { nbf: now() + 20 }, { iat: now() + 20 }]) {
      assert.equal((await gate.get("/list_events", sign(key, claims(changes)))).status, 200, Object.keys(changes)[0]);
    }
  });

  test("the same refusal answers every method, and HEAD without a body", async () => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      const response = await gate.get("/list_events", undefined, { method });
      assert.equal(response.status, 401, method);
      assert.equal((await response.json()).code, "missing_token");
    }
    const response = await gate.get("/list_events", undefined, { method: "HEAD" });
    assert.equal(response.status, 401);
    assert.equal(response.headers.get("x-edgewarden-action"), "login");
    assert.equal(await response.text(), "");
  });

  test("the realm of the challenge is the configured one", async () => {
    const named = await startGate({ gate: { realm: "Runners' API" }, secrets: { ACCESS_KEYS: keySet(key) } });
    const response = await named.get("/list_events");
    assert.equal(response.headers.get("www-authenticate"), `Bearer realm="Runners' API"`);
  });
});

test("configuration_invalid: a gate without keys", async () => {
  const gate = await startGate();
  const response = await gate.raw("/list_events", { headers: [["Authorization", `Bearer ${sign(key)}`]] });
  assertRefused(response, contract.get("configuration_invalid"));
  assert.equal(gate.origin.requests.length, 0);
  assert.equal((await gate.decision(response.json().request_id)).code, "configuration_invalid");
});

function assertRefused(response, { code, status, error, action }, { scope } = {}) {
  const body = response.json();
  assert.equal(body.code, code);
  assert.equal(response.status, status);
  assert.match(response.headers.get("content-type"), /^application\/problem\+json\b/);
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.equal(response.headers.get("x-edgewarden-action"), action);

  const { title, detail, request_id: requestId, retry_after: retryAfter, ...rest } = body;
  const expected = { type: `urn:edgewarden:problem:${code}`, status, code, action };
  assert.deepEqual(rest, error === null ? expected : { ...expected, error });
  assert.ok(title.length > 10 && detail.length > 10, "words for a person");
  assert.match(requestId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.equal(response.headers.get("x-request-id"), requestId);

  if (action === "retry") {
    assert.ok(Number.isInteger(retryAfter) && retryAfter > 0, "whole seconds");
    assert.equal(response.headers.get("retry-after"), String(retryAfter));
  } else {
    assert.equal(retryAfter, undefined);
    assert.equal(response.headers.get("retry-after"), null);
  }
  assert.equal(response.headers.get("www-authenticate"), challenge({ status, error, title, scope }));
}

/** RFC 6750 §3. A service that is not available asks for no credentials. */
function challenge({ status, error, title, scope }) {
  if (status === 503) return null;
  if (error === null) return 'Bearer realm="api"';
  const parts = [`realm="api"`, `error="${error}"`, `error_description="${title}"`];
  if (status === 403) parts.push(`scope="${scope}"`);
  return `Bearer ${parts.join(", ")}`;
}
