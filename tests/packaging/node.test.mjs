// The package in Node: imported, called wrongly, and as a command.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { before, test } from "node:test";

import { sign } from "../edge/tokens.mjs";
import { installed, npm } from "./consumer.mjs";
import { expectedOf, question } from "./question.mjs";

/** One installation for all: nothing here changes it. */
let folder;
let edgewarden;
before(async (t) => {
  folder = await installed(t, "node");
  edgewarden = await import(join(folder, "node_modules", "edgewarden", "dist", "node.js"));
});

/** Runs a program in the project. Resolves with its exit code and what it wrote. */
async function ran(program, args, input = "") {
  const child = spawn(program, args, { cwd: folder });
  child.stdin.on("error", () => {}); // it may end without reading
  child.stdin.end(input);
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), new Promise((resolve) => child.once("close", resolve))]);
  return { code, stdout, stderr };
}

test("a module that imports it, without waiting for anything", async () => {
  for (const asked of [question(), question({ exp: 1 })]) {
    const { stdout, stderr } = await ran(process.execPath, ["main.mjs"], JSON.stringify(asked));
    assert.deepEqual(JSON.parse(stdout), await expectedOf(asked), stderr);
  }
});

test("init is not needed, does no harm, and takes the module from wherever it is", async () => {
  const files = { url: 'new URL(import.meta.resolve("edgewarden/edgewarden.wasm"))', bytes: "readFileSync(new URL(import.meta.resolve(\"edgewarden/edgewarden.wasm\")))" };
  for (const source of ["", files.url, `String(${files.url})`, files.bytes, `new WebAssembly.Module(${files.bytes})`, `Promise.resolve(new Response(${files.bytes}))`]) {
    const script = `import { init, inspect } from "edgewarden"; import { readFileSync } from "node:fs"; await Promise.all([init(${source}), init()]); await init(); console.log(inspect("a.b.c").bytes)`;
    const { stdout, stderr } = await ran(process.execPath, ["--input-type=module", "--eval", script]);
    assert.equal(stdout, "5\n", `${source}: ${stderr}`);
  }
});

test("init says what is wrong with what it got, and can be called again", async () => {
  for (const [source, expected] of [
    ["5", /init\(\) takes a URL/],
    ["new Uint8Array(9)", /not a wasm module/],
    ['new Response("<!doctype html>", { headers: { "Content-Type": "text/html" } })', /not a wasm module/],
    ['new Response("", { status: 404 })', /answered 404/],
    ["new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])", /must come from the same version/],
  ]) {
    const script = `import { init, inspect } from "edgewarden"; await init(${source}).catch((error) => console.log(error.message)); await init(); console.log(inspect("").bytes)`;
    const { stdout, stderr } = await ran(process.execPath, ["--input-type=module", "--eval", script]);
    assert.match(stdout, expected, `${source}: ${stderr}`);
    assert.match(stdout, /\n0\n$/);
  }
});

test("wrong calls throw, and say which argument and what is expected", () => {
  const { createVerifier, explain, inspect } = edgewarden;
  const { token, keys, now } = question();
  const verifier = createVerifier({ keys });
  for (const [call, type, expected] of [
    [() => inspect(null), TypeError, /the token must be a string, not null/],
    [() => inspect(undefined), TypeError, /not undefined/],
    [() => inspect(["a"]), TypeError, /not an array/],
    [() => inspect("x".repeat(5 << 20)), RangeError, /is no token/],
    [() => inspect(token, now), TypeError, /options must be an object/],
    [() => inspect(token, { now: new Date() }), TypeError, /now must be a number/],
    [() => inspect(token, { now: Date.now() }), RangeError, /milliseconds: divide it by 1000/],
    [() => inspect(token, { now: NaN }), RangeError, /seconds since 1970/],
    [() => explain(token, { access_keys: keys }), TypeError, /no member "access_keys" \(known: accessKeys/],
    [() => explain(token, { kind: "id" }), TypeError, /"access" or "refresh"/],
    [() => explain(token, { scope: [1] }), TypeError, /scope must be/],
    [() => explain(token, { accessKeys: { keys: [1n] } }), TypeError, /must be JSON/],
    [() => explain(token, { policy: { audiense: "a" } }), edgewarden.ConfigurationError, /policy\.audiense/],
    [() => explain(token, { policy: [] }), edgewarden.ConfigurationError, /policy/],
    [() => createVerifier(), TypeError, /keys must be a JWK Set/],
    [() => createVerifier({ key: keys }), TypeError, /no member "key"/],
    [() => createVerifier({ keys: [] }), edgewarden.ConfigurationError, /JWK Set/],
    [() => createVerifier({ keys, policy: { leeway: -1 } }), edgewarden.ConfigurationError, /policy\.leeway/],
    [() => verifier.verify(null), TypeError, /the token must be a string/],
    [() => verifier.verify(token, { scopes: "a" }), TypeError, /no member "scopes"/],
    [() => verifier.verify(token, { kind: "refresh" }), TypeError, /without refreshKeys/],
  ]) {
    assert.throws(call, (error) => error instanceof type && expected.test(error.message) && !error.message.includes(token), String(call));
  }
  verifier.free();
  verifier.free();
  assert.throws(() => verifier.verify(token), /has been freed/);
});

test("a secret is in no message", () => {
  const secret = `s3cr3t-${Math.random()}`;
  for (const keys of [secret, { keys: [{ kty: "oct", alg: "HS256", k: secret }] }, `{"keys":[{"kty":"oct","alg":"HS256","k":"${secret}"}]`, { keys: secret }]) {
    assert.throws(
      () => edgewarden.createVerifier({ keys }),
      (error) => !`${error.stack}${JSON.stringify(error)}${error.cause}`.includes(secret),
    );
  }
});

test("whatever a token is, inspect and explain answer", () => {
  for (const token of ["", " ", "a", "\ud800", "a.\udfff.c", "é.è.ê", "\0", "Bearer ".repeat(9), ".".repeat(70_000), "x".repeat(70_000), "a.b.c.d.e"]) {
    const inspection = edgewarden.inspect(token);
    assert.equal(inspection.verified, false);
    assert.ok(inspection.faults.length > 0);
    assert.equal(typeof edgewarden.explain(token).cause.fix, "string");
  }
});

test("a claim is never taken for a member of the prototype", () => {
  const { keys, now, token } = question();
  const [key] = keys.keys;
  const signed = sign(key, `{"exp":${now + 60},"__proto__":{"polluted":true},"constructor":1}`);
  const { claims } = edgewarden.createVerifier({ keys }).verify(signed, { now });
  assert.equal(claims.polluted, undefined);
  assert.equal({}.polluted, undefined);
  assert.equal(edgewarden.inspect(token).claims.polluted, undefined);
});

test("a verifier: keys as text, both kinds, scope, warnings", () => {
  const { keys, token, now, kid, claims } = question();
  const other = question();
  const weak = { kty: "oct", alg: "HS256", kid: "weak", k: Buffer.from("not-so-long-a-secret").toString("base64url"), "edgewarden:weak": true, exp: now + 999 };
  const verifier = edgewarden.createVerifier({ keys: JSON.stringify({ keys: [...keys.keys, weak] }), refreshKeys: other.keys, policy: { issuer: claims.iss } });
  assert.deepEqual(verifier.warnings.map(({ code }) => code), ["keys_weak_secret"]);
  assert.deepEqual(verifier.verify(token, { now, scope: ["a", "b"] }), { valid: true, code: null, action: "none", kid, detail: null, claims });
  assert.equal(verifier.verify(token, { now, scope: "a c" }).code, "insufficient_scope");
  assert.equal(verifier.verify(token, { now, kind: "refresh" }).code, "key_not_found");
  assert.equal(verifier.verify(token).valid, true);
  const refused = verifier.verify(token, { now: now + 9999 });
  assert.deepEqual([refused.valid, refused.code, refused.action, refused.claims], [false, "expired", "refresh", null]);
});

test("npx edgewarden inspect and explain, from an installed tarball", async () => {
  const asked = question();
  const { inspected, explained } = await expectedOf(asked);
  const { stdout } = await npm(["exec", "--offline", "--", "edgewarden", "inspect", asked.token, "--json", "--now", String(asked.now)], { cwd: folder });
  assert.equal(stdout.trimEnd(), inspected);
  await writeFile(join(folder, "keys.json"), JSON.stringify(asked.keys), { mode: 0o600 });
  const fromInput = await command(["explain", "-", "--format", "json", "--access-keys", "keys.json", "--now", String(asked.now)], `${asked.token}\n`);
  assert.deepEqual(fromInput, { code: 0, stdout: `${explained}\n`, stderr: "" });
});

function command(args, input) {
  return ran(process.execPath, [join(folder, "node_modules", ".bin", "edgewarden"), ...args], input);
}

test("the command for people: shows what is there, as visible characters only", async () => {
  const asked = question({ note: "\u001b[31mred\u202e\n", big: 12345678901234567890n.toString() });
  const key = asked.keys.keys[0];
  const token = sign(key, `{"exp":1,"big":12345678901234567890,"note":"\\u001b[31m\\u202e"}`);
  const inspected = await command(["inspect"], token);
  assert.equal(inspected.code, 0);
  assert.match(inspected.stdout, /NOT VERIFIED/);
  assert.match(inspected.stdout, /"big": 12345678901234567890/);
  assert.match(inspected.stdout, /exp +1970-01-01T00:00:01Z, \d+ days ago/);
  const explained = await command(["explain", token]);
  assert.equal(explained.code, 1);
  assert.match(explained.stdout, /^expired /);
  // eslint-disable-next-line no-control-regex
  assert.doesNotMatch(inspected.stdout + explained.stdout, /[\u001b\u202e]/);
});

test("the command, called wrongly: exit status 2, and neither token nor secret in the message", async () => {
  const { token, keys } = question();
  for (const args of [[], ["decode", token], ["inspect", token, token], ["inspect", "--tokn", token], ["inspect", token, "--now", "soon"], ["explain", token, "--access-keys", JSON.stringify(keys)], ["explain", token, "--access-keys", "no-such-file"], ["explain", token, "--kind", token], ["inspect", token, `--${token}`]]) {
    const { code, stdout, stderr } = await command(args, "");
    assert.equal(code, 2, args[0]);
    assert.doesNotMatch(stdout + stderr, new RegExp(`${token}|${keys.keys[0].k}`));
    if (args.length > 0) assert.match(stderr, /^error: /);
  }
  const { code, stdout } = await command(["inspect", "not-a-token"], "");
  assert.equal(code, 1);
  assert.match(stdout, /malformed_token/);
  for (const args of [["--help"], ["inspect", "--help"], ["explain", "-h"], ["--version"]]) assert.equal((await command(args)).code, 0);
});

test("the version is Cargo's", async () => {
  const cargo = await readFile(new URL("../../Cargo.toml", import.meta.url), "utf8");
  const { version } = JSON.parse(await readFile(join(folder, "node_modules", "edgewarden", "package.json"), "utf8"));
  assert.equal(version, cargo.match(/^version = "(.*)"$/m)[1]);
  assert.equal((await command(["--version"])).stdout, `edgewarden ${version}\n`);
});
