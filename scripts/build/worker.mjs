// The Worker bundle: build/worker.js and build/edgewarden.wasm.

import { readFile, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { root } from "../setup/places.mjs";
import { compiledCrate, generateGlue, shrink } from "./wasm_module.mjs";

/** Builds it. Returns the size of each file, in bytes. */
export async function bundleWorker() {
  const outfile = join(root, "build", "worker.js");
  const module = join(root, "build", "edgewarden.wasm");
  const compiled = await compiledCrate("edge");
  const outputs = [outfile, module];
  if (await areNewer(outputs, [compiled, join(root, "src", "edge"), join(root, "scripts")])) return sizesOf(outputs);

  // A reset state lets the entry point start over with a new instance after a panic.
  const folder = await generateGlue("edge", compiled, ["--target", "module", "--experimental-reset-state-function"]);
  const { build } = await import("esbuild");
  await build({
    entryPoints: [join(root, "src", "edge", "entry.ts")],
    outfile,
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "none",
    external: ["*.wasm", "cloudflare:*"],
    alias: { "edgewarden-wasm": join(folder, "edgewarden.js") },
    logLevel: "warning",
  });
  const bundle = (await readFile(outfile, "utf8")).replaceAll("./edgewarden_bg.wasm", "./edgewarden.wasm");
  await writeFile(outfile, bundle);
  await shrink(join(folder, "edgewarden_bg.wasm"), bundle, module);
  return sizesOf(outputs);
}

/** Whether all outputs are younger than everything they are made of: then there is nothing to do. */
async function areNewer(outputs, inputs) {
  const made = await Promise.all(outputs.map((file) => stat(file).then(({ mtimeMs }) => mtimeMs, () => 0)));
  return Math.min(...made) > Math.max(...(await Promise.all(inputs.map(youngest))));
}

async function youngest(path) {
  const { mtimeMs } = await stat(path);
  if (!(await stat(path)).isDirectory()) return mtimeMs;
  const inside = (await readdir(path)).map((name) => youngest(join(path, name)));
  return Math.max(mtimeMs, ...(await Promise.all(inside)));
}

function sizesOf(files) {
  return Promise.all(files.map(async (file) => {
    const content = await readFile(file);
    return { file: file.slice(root.length + 1), bytes: content.length, gzip: gzipSync(content, { level: 9 }).length };
  }));
}
