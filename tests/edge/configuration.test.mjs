// A configuration that is not sound closes the gate: nothing is defaulted, everything wrong is named at once, and nothing
// secret is shown.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { eventually, startGate, startGates } from "./gate_fixture.mjs";
import { claims, keyOfSecret, keySet, newKey, newSecret, now, sign } from "./tokens.mjs";

const routes = [{ path: "/public/*", access: "public" }];
const key = newKey("a");
const other = newKey("b");
const secret = newSecret();
const short = newSecret(20);
const shortKey = { ...keyOfSecret(short), kid: "short" };
const minute = 60;

/** Keys under which a token would be accepted by a gate that fell back on anything. */
const GUESSES = ["", "ACCESS_SECRET", "ACCESS_KEYS", "secret", "changeme", "undefined", "null", "[object Object]", "{}"]
  .map((text) => ({ ...keyOfSecret(text), kid: "guess" }));

const placeholder = (text) => keySet({ ...keyOfSecret(text), kid: "guess" });

/** What is wrong: the settings, and the codes that `health` lists. */
const CLOSED = {
  "ACCESS_KEYS missing": [{}, ["access_keys_missing"]],
  "ACCESS_KEYS empty": [{ ACCESS_KEYS: "" }, ["access_keys_empty"]],
  "ACCESS_KEYS blank": [{ ACCESS_KEYS: " \n\t" }, ["access_keys_empty"]],
  "ACCESS_KEYS that is no JSON": [{ ACCESS_KEYS: `keys: ${secret}` }, ["access_keys_not_json"]],
  "ACCESS_KEYS that is a bare secret": [{ ACCESS_KEYS: secret }, ["access_keys_not_json"]],
  "ACCESS_KEYS cut off": [{ ACCESS_KEYS: keySet(key).slice(0, -2) }, ["access_keys_not_json"]],
  "ACCESS_KEYS that is one key instead of a set": [{ ACCESS_KEYS: JSON.stringify(key) }, ["access_keys_not_a_key_set"]],
  "ACCESS_KEYS that is an array": [{ ACCESS_KEYS: JSON.stringify([key]) }, ["access_keys_not_a_key_set"]],
  "a set without keys": [{ ACCESS_KEYS: keySet() }, ["access_keys_no_keys"]],
  "the placeholder ACCESS_SECRET": [{ ACCESS_KEYS: placeholder("ACCESS_SECRET") }, ["access_keys_placeholder_secret"]],
  "the placeholder secret": [{ ACCESS_KEYS: placeholder("secret") }, ["access_keys_placeholder_secret"]],
  "the placeholder your-256-bit-secret": [
    { ACCESS_KEYS: placeholder("your-256-bit-secret") },
    ["access_keys_placeholder_secret"],
  ],
  "a placeholder over and over": [
    { ACCESS_KEYS: placeholder("changeme".repeat(8)) },
    ["access_keys_placeholder_secret"],
  ],
  "a short unmarked secret": [{ ACCESS_KEYS: keySet(shortKey) }, ["access_keys_secret_too_short"]],
  "a short secret that is marked, and would stay for ever": [
    { ACCESS_KEYS: keySet({ ...shortKey, "edgewarden:weak": true }) },
    ["access_keys_weak_without_expiry", "access_keys_weak_secret"],
  ],
  "a secret too short for its hash": [
    { ACCESS_KEYS: keySet({ ...keyOfSecret(secret), alg: "HS512", kid: "a" }) },
    ["access_keys_secret_too_short"],
  ],
  "a duplicate kid": [{ ACCESS_KEYS: keySet(key, { ...other, kid: "a" }) }, ["access_keys_duplicate_kid"]],
  "a key without alg": [{ ACCESS_KEYS: keySet({ ...key, alg: undefined }) }, ["access_keys_member_missing"]],
  "a key for alg none": [{ ACCESS_KEYS: keySet({ ...key, alg: "none" }) }, ["access_keys_algorithm_unsupported"]],
  "a key for encryption": [{ ACCESS_KEYS: keySet({ ...key, use: "enc" }) }, ["access_keys_not_for_signatures"]],
  "a member named twice": [
    { ACCESS_KEYS: keySet(key).replace('"kid"', '"alg":"HS256","kid"') },
    ["access_keys_not_json"],
  ],
  "one bad key beside a good one": [{ ACCESS_KEYS: keySet(key, shortKey) }, ["access_keys_secret_too_short"]],
  "an empty bare secret": [{ ACCESS_SECRET: "" }, ["access_secret_placeholder_secret"]],
  "a bare placeholder": [{ ACCESS_SECRET: "ACCESS_SECRET" }, ["access_secret_placeholder_secret"]],
  "a short bare secret": [{ ACCESS_SECRET: short }, ["access_secret_secret_too_short"]],
  "a short previous secret": [
    { ACCESS_SECRET: secret, ACCESS_SECRET_PREVIOUS: short },
    ["access_secret_secret_too_short"],
  ],
  "a previous secret only": [{ ACCESS_SECRET_PREVIOUS: secret }, ["access_secret_missing"]],
  "a key set and a bare secret": [
    { ACCESS_KEYS: keySet(key), ACCESS_SECRET: secret },
    ["access_keys_ambiguous"],
  ],
  "a key set and a previous secret": [
    { ACCESS_KEYS: keySet(key), ACCESS_SECRET_PREVIOUS: secret },
    ["access_keys_ambiguous"],
  ],
  "one secret in both rings": [
    { ACCESS_KEYS: keySet(key), REFRESH_KEYS: keySet({ ...key, kid: "r", exp: now() + minute }) },
    ["access_keys_secret_in_both_rings"],
  ],
  "one bare secret for both": [
    { ACCESS_SECRET: secret, REFRESH_SECRET: secret },
    ["access_keys_secret_in_both_rings"],
  ],
  "a refresh ring that is no JSON": [
    { ACCESS_KEYS: keySet(key), REFRESH_KEYS: `{${secret}` },
    ["refresh_keys_not_json"],
  ],
};

/** The same for the table GATE and the origin, with sound keys. */
const CLOSED_TABLES = {
  "an unknown member": [{ gate: { audiense: "https://api.test" } }, ["gate_unknown_member"]],
  "a misspelt route": [{ gate: { routes: [{ path: "/admin/*", scop: "admin" }] } }, ["gate_routes_unknown_member"]],
  "a public route with a scope": [
    { gate: { routes: [{ path: "/public/*", access: "public", scope: "x" }] } },
    ["gate_routes_scope_malformed"],
  ],
  "an access that is neither public nor token": [
    { gate: { routes: [{ path: "/public/*", access: "Public" }] } },
    ["gate_routes_access_malformed"],
  ],
  "an empty issuer": [{ gate: { issuer: "" } }, ["gate_issuer_malformed"]],
  "no audience in the list": [{ gate: { audience: [] } }, ["gate_audience_malformed"]],
  "a leeway as text": [{ gate: { leeway: "30" } }, ["gate_leeway_malformed"]],
  "a mount with a slash at the end": [{ gate: { mount: "/auth/" } }, ["gate_mount_malformed"]],
  "everybody's cross-origin reading": [{ gate: { cors: { origins: ["*"] } } }, ["gate_cors_origins_malformed"]],
  "GATE that is no table": [{ vars: { GATE: "nonsense" } }, ["gate_malformed"]],
  "no ORIGIN": [{ vars: { ORIGIN: undefined } }, ["origin_missing"]],
  "an empty ORIGIN": [{ vars: { ORIGIN: "" } }, ["origin_missing"]],
  "an ORIGIN with credentials": [{ vars: { ORIGIN: "https://user:password@origin.test" } }, ["origin_malformed"]],
  "an ORIGIN without a scheme": [{ vars: { ORIGIN: "origin.test" } }, ["origin_malformed"]],
  "an ORIGIN with a port that is none": [{ vars: { ORIGIN: "https://origin.test:port" } }, ["origin_malformed"]],
  "an ORIGIN with half an address": [{ vars: { ORIGIN: "http://[::1" } }, ["origin_malformed"]],
  "several things at once": [
    { gate: { leeway: -1, unknown_kid: "accept" }, vars: { ORIGIN: "ftp://origin.test" }, secrets: {} },
    ["gate_leeway_malformed", "gate_unknown_kid_malformed", "origin_malformed", "access_keys_missing"],
  ],
};

describe("a gate that is not configured soundly", () => {
  const started = new Map();

  before(async () => {
    const rings = Object.entries(CLOSED).map(([what, [secrets]]) => [what, { gate: { routes }, secrets }]);
    const sound = { secrets: { ACCESS_KEYS: keySet(key) } };
    const tables = Object.entries(CLOSED_TABLES).map(([what, [settings]]) => [what, { ...sound, ...settings }]);
    const all = [...rings, ...tables];
    const gates = await startGates(all.map(([, settings]) => settings));
    for (const [index, [what]] of all.entries()) started.set(what, gates[index]);
  });

  /** Whatever is presented, wherever: 503, and the origin is not asked. */
  async function assertClosed(gate, tokens) {
    const before = gate.origin.requests.length;
    const asked = [...tokens, undefined].map((token) => ["/list_events", token]);
    for (const [path, token] of [...asked, ["/auth/session", tokens[0]], ["/auth/verify", tokens[0]]]) {
      const response = await gate.get(path, token);
      assert.equal(response.status, 503, path);
      assert.equal((await response.json()).code, "configuration_invalid");
    }
    assert.equal(gate.origin.requests.length, before);
  }

  async function assertHealth(gate, expected) {
    const response = await gate.get("/auth/health");
    assert.equal(response.status, 503);
    const { status, code, findings, warnings = [] } = await response.json();
    assert.deepEqual([status, code], ["configuration_invalid", "configuration_invalid"]);
    assert.deepEqual([...findings, ...warnings], expected);
  }

  for (const [what, [, findings]] of Object.entries(CLOSED)) {
    test(`${what}: closed, but for what is public`, async () => {
      const gate = started.get(what);
      await assertHealth(gate, findings);
      const signers = [key, other, shortKey, { ...keyOfSecret(secret), kid: "a" }, ...GUESSES];
      await assertClosed(gate, signers.flatMap((signer) => [sign(signer), sign(signer, claims(), { kid: undefined })]));
      assert.equal((await gate.get("/public/logo")).status, 200);
    });
  }

  for (const [what, [, findings]] of Object.entries(CLOSED_TABLES)) {
    test(`${what}: closed`, async () => {
      await assertHealth(started.get(what), findings);
      await assertClosed(started.get(what), [sign(key)]);
    });
  }

  test("nothing is public as long as the routes cannot be read whole", async () => {
    const misspelt = [{ path: "/public/secret", scop: "admin" }, ...routes];
    const tables = [{ routes: misspelt }, { routes, leway: 3 }];
    for (const gate of await startGates(tables.map((table) => ({ gate: table, secrets: { ACCESS_KEYS: keySet(key) } })))) {
      assert.equal((await gate.get("/public/logo")).status, 503);
      assert.equal(gate.origin.requests.length, 0);
    }
  });

  test("without an origin, what is public has nowhere to go, and says so", async () => {
    const settings = { gate: { routes }, secrets: { ACCESS_KEYS: keySet(key) }, vars: { ORIGIN: undefined } };
    const gate = await startGate(settings);
    const response = await gate.get("/public/logo");
    assert.equal(response.status, 503);
    assert.equal((await response.json()).code, "configuration_invalid");
  });

  test("each finding is logged once, at error level, with words for the operator", async () => {
    const fresh = await startGate({ gate: { leeway: -1 }, secrets: { ACCESS_KEYS: keySet(shortKey) } });
    for (let count = 0; count < 5; count += 1) await fresh.get("/list_events", sign(shortKey));
    const lines = await eventually("the decisions", () => {
      const logs = fresh.logs();
      return logs.filter(({ event }) => event === "decision").length === 5 && logs;
    });
    const findings = lines.filter(({ event }) => event === "configuration");
    assert.deepEqual(findings.map(({ code }) => code), ["gate_leeway_malformed", "access_keys_secret_too_short"]);
    for (const { level, detail } of findings) {
      assert.equal(level, "error");
      assert.ok(detail.length > 20);
    }
    for (const { level, code, token } of lines.filter(({ event }) => event === "decision")) {
      assert.deepEqual([level, code, token], ["error", "configuration_invalid", null]);
    }
  });
});

describe("a gate that is configured soundly", () => {
  let gate;

  before(async () => {
    gate = await startGate({ secrets: { ACCESS_KEYS: keySet(key) } });
  });

  async function opensTo(settings, ...tokens) {
    await gate.update(settings);
    assert.deepEqual(await (await gate.get("/auth/health")).json(), { status: "ok" });
    for (const token of tokens) assert.equal((await gate.get("/x", token)).status, 200);
  }

  test("takes one bare secret of an existing .env", async () => {
    await opensTo({ secrets: { ACCESS_SECRET: secret } }, sign(keyOfSecret(secret)));
  });

  test("takes a bare secret and the one before it", async () => {
    const previous = newSecret();
    const secrets = { ACCESS_SECRET: secret, ACCESS_SECRET_PREVIOUS: previous };
    await opensTo({ secrets }, sign(keyOfSecret(secret)), sign(keyOfSecret(previous)));
  });

  test("takes ACCESS_KEYS as a table, too", async () => {
    await opensTo({ secrets: { ACCESS_KEYS: { keys: [key] } } }, sign(key));
  });

  test("takes GATE as JSON text, too", async () => {
    const table = JSON.stringify({ issuer: "https://issuer.test", routes });
    await opensTo({ secrets: { ACCESS_KEYS: keySet(key) }, vars: { GATE: table } }, sign(key));
    assert.equal((await gate.get("/x", sign(key, claims({ iss: "https://other.invalid" })))).status, 401);
    assert.equal((await gate.get("/public/x")).status, 200);
  });

  test("needs no table at all", async () => {
    await opensTo({ gate: undefined, secrets: { ACCESS_KEYS: keySet(key) }, vars: { GATE: undefined } }, sign(key));
    assert.equal((await gate.get("/x")).status, 401);
  });

  test("lets rings share a secret while it leaves both", async () => {
    const exp = now() + minute;
    const secrets = { ACCESS_KEYS: keySet(key, { ...other, exp }), REFRESH_KEYS: keySet({ ...other, kid: "r", exp }) };
    await opensTo({ secrets }, sign(key), sign(other));
  });

  test("does not take a token of the refresh ring", async () => {
    const refresh = newKey("r");
    await opensTo({ secrets: { ACCESS_KEYS: keySet(key), REFRESH_KEYS: keySet(refresh) } }, sign(key));
    assert.equal((await (await gate.get("/x", sign(refresh))).json()).code, "key_not_found");
    assert.equal((await (await gate.get("/x", sign(refresh, claims(), { kid: "a" }))).json()).code, "signature_mismatch");
  });
});

describe("the repository", () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root })
    .toString()
    .split("\0")
    .filter((file) => /\.(rs|ts|js|mjs|cjs|toml|json|html|yml|yaml|sh|php|sql)$|(^|\/)\.[\w.]*(env|vars)[\w.]*$/.test(file))
    .filter((file) => !/package-lock\.json$/.test(file));

  const NAME = String.raw`\b\w*(?:SECRET|KEYS?|OPERATOR_TOKEN|PASSWORD)\w*`;
  const FALLBACK = new RegExp(`${NAME}["'\`\\])]*\\s*(?:\\?\\?=?|\\|\\|=?|\\?:|\\.unwrap_or\\w*\\()\\s*(?:\\|\\w*\\|\\s*)?["'\`]\\w`);
  const ASSIGNMENT = new RegExp(String.raw`^\s*(?:export\s+)?(?:ACCESS|REFRESH)_(?:SECRET|KEYS)\w*\s*=\s*["']?[\w{]`, "m");

  /** Comments may tell the story of such a default. */
  function withoutComments(text) {
    return text.replace(/\/\*[^]*?\*\//g, "").replace(/^\s*(\/\/|#|\*).*$/gm, "");
  }

  function read(file) {
    try {
      return withoutComments(readFileSync(root + file, "utf8"));
    } catch {
      return ""; // deleted, and not committed yet
    }
  }

  test("gives no secret a default", () => {
    assert.ok(files.length > 50, "the files were found");
    const exempt = /^(src\/config\/rings\.rs|tests\/|src\/jwt\/placeholder\.rs|scripts\/check_house)/;
    const found = files.filter((file) => !exempt.test(file)).filter((file) => FALLBACK.test(read(file)));
    assert.deepEqual(found, []);
  });

  test("sets no secret as a plain variable", () => {
    const found = files.filter((file) => /\.(toml|env\S*|vars\S*)$/.test(file)).filter((file) => ASSIGNMENT.test(read(file)));
    assert.deepEqual(found, []);
  });

  test("and both would be noticed", () => {
    const quoted = '"ACCESS_SECRET"';
    for (const text of [`process.env.ACCESS_SECRET ?? ${quoted}`, `env["ACCESS_KEYS"] || 'x'`, `getenv(${quoted}) ?: ${quoted}`]) {
      assert.match(text, FALLBACK);
    }
    assert.match(`var("ACCESS_SECRET").unwrap_or_else(|_| "x".into())`, FALLBACK);
    assert.match(`ACCESS_SECRET = "x"`, ASSIGNMENT);
  });
});
