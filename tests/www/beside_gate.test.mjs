// The page served by the gate itself, with the lines that stand commented in wrangler.toml.

import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { freePort } from "../../scripts/dev/ports.mjs";
import { startWorker } from "../../scripts/dev/local_worker.mjs";
import { root, testOutput } from "../../scripts/setup/places.mjs";
import { newKey, now, token } from "./tokens.mjs";

const folder = join(testOutput, "beside_gate");
const key = newKey();
let gate;

before(async () => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "wrangler.toml"), withAssets(await readFile(join(root, "wrangler.toml"), "utf8")));
  await writeFile(join(folder, ".dev.vars"), `ACCESS_KEYS='${JSON.stringify({ keys: [key] })}'\n`);
  gate = await startWorker({ name: "gate", cwd: folder, port: await freePort(), healthPath: "/auth/health" });
  await gate.waitUntilReady();
});
after(() => gate?.stop());

/** The committed configuration with its `[assets]` lines taken in, the build left out, and paths from elsewhere. */
function withAssets(text) {
  const block = text.match(/^# \[assets\]\n(# .*\n)+/m)[0];
  return text
    .replace(block, block.replace(/^# /gm, ""))
    .replace(/^\[build\]\n(.+\n)+/m, "")
    .replace('"build/worker.js"', JSON.stringify(join(root, "build/worker.js")))
    .replace('"www/dist"', JSON.stringify(join(root, "www/dist")));
}

const ask = (path, init) => fetch(gate.url + path, { redirect: "manual", ...init });

test("the page is at /inspect/, with its policy and its files", async () => {
  const moved = await ask("/inspect");
  assert.equal(moved.status, 307);
  assert.equal(moved.headers.get("location"), "/inspect/");
  for (const [path, type] of [["", "text/html"], ["page.js", "text/javascript"], ["page.css", "text/css"], ["edgewarden.wasm", "application/wasm"], ["favicon.svg", "image/svg+xml"], ["causes", "text/html"]]) {
    const response = await ask(`/inspect/${path}`);
    assert.equal(response.status, 200, path);
    assert.ok(response.headers.get("content-type").startsWith(type), path);
    assert.match(response.headers.get("content-security-policy"), /default-src 'none'.*frame-ancestors 'none'/);
    assert.ok((await response.arrayBuffer()).byteLength > 100);
  }
});

test("every other path is the gate's, whatever it is called", async () => {
  for (const path of ["/", "/list_events", "/_headers", "/inspector", "/index.html", "//inspect/", "/inspect%2f", "/INSPECT/"]) {
    const response = await ask(path);
    assert.equal(response.status, 401, path);
    assert.equal((await response.json()).code, "missing_token");
  }
  const session = await ask("/auth/session", { headers: { Authorization: `Bearer ${token(key, { sub: "ada", exp: now() + 60 })}` } });
  assert.equal(session.status, 200);
});

test("what is not among the page's files is not found, and the origin does not hear of it", async () => {
  for (const [path, method, status] of [["/inspect/nothing", "GET", 404], ["/inspect/..%2flist_events", "GET", 404], ["/inspect/", "POST", 405]]) {
    assert.equal((await ask(path, { method })).status, status, path);
  }
});
