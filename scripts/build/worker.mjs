// The Worker bundle: build/worker.js and build/edgewarden.wasm.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { root } from "../setup/places.mjs";
import { areNewer, sizesOf } from "./outputs.mjs";
import { compiledCrate, generateGlue, shrink } from "./wasm_module.mjs";

/** Builds it. Returns the size of each file, in bytes. */
export async function bundleWorker() {
  const outfile = join(root, "build", "worker.js");
  const module = join(root, "build", "edgewarden.wasm");
  const compiled = await compiledCrate("edge", "release");
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
  // What a panic says may quote what no log may hold. That there was one, and where, is in the log (see answer.ts).
  await shrink(join(folder, "edgewarden_bg.wasm"), bundle, module, { mute: true });
  return sizesOf(outputs);
}
