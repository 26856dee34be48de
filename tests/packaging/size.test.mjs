// What a page loads.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

import { root } from "./consumer.mjs";

const dist = join(root, "npm", "dist");

/** Everything that is loaded for an entry: it and what it imports, each file as it is served. */
async function loaded(entry, ...others) {
  const { metafile } = await build({
    entryPoints: [join(dist, entry)],
    bundle: true,
    format: "esm",
    outdir: "unwritten",
    write: false,
    metafile: true,
    logLevel: "error",
  });
  const files = [...Object.keys(metafile.inputs).map((file) => join(process.cwd(), file)), ...others.map((file) => join(dist, file))];
  return Promise.all(files.map(async (file) => ({ file, gzip: gzipSync(await readFile(file), { level: 9 }).length })));
}

for (const [what, budget, files] of [
  ["inspect, explain and createVerifier, wasm and JavaScript", 70 * 1024, () => loaded("browser.js", "edgewarden.wasm")],
  ["the session client", 4096, () => loaded("session.js")],
]) {
  test(`${what}: at most ${budget} bytes of gzip`, async (t) => {
    const sizes = await files();
    const total = sizes.reduce((sum, { gzip }) => sum + gzip, 0);
    t.diagnostic(`${total} bytes: ${sizes.map(({ file, gzip }) => `${file.slice(dist.length + 1)} ${gzip}`).join(", ")}`);
    assert.ok(total <= budget, `${total} bytes`);
  });
}
