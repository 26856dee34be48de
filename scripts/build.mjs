// `npm run build`: the Worker bundle, at the place that `main` in wrangler.toml names.

import { pathToFileURL } from "node:url";

import { ensureNode } from "./setup/node.mjs";
import { ensureNpmPackages } from "./setup/npm_packages.mjs";
import { ensureRust } from "./setup/rust.mjs";
import { ensureWasmBindgen } from "./setup/wasm_bindgen.mjs";

/** Installs what is missing and builds everything that is deployed. `quiet` leaves out the sizes. */
export async function build({ quiet = false } = {}) {
  ensureNode();
  await ensureNpmPackages();
  await ensureRust();
  await ensureWasmBindgen();
  const { bundleWorker } = await import("./build/worker.mjs");
  const sizes = await bundleWorker();
  if (quiet) return;
  for (const { file, bytes, gzip } of sizes) {
    console.log(`  ${file.padEnd(24)} ${kib(bytes)}, gzip ${kib(gzip)}`);
  }
}

function kib(bytes) {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await build().catch((error) => {
    console.error(error.stack && error.name !== "SetupError" ? error.stack : error.message);
    process.exitCode = 1;
  });
}
