// `npm run build:npm`: the npm package, in npm/dist, ready to be packed.

import { pathToFileURL } from "node:url";

import { ensureNode } from "./setup/node.mjs";
import { ensureNpmPackages } from "./setup/npm_packages.mjs";
import { ensureRust } from "./setup/rust.mjs";
import { ensureWasmBindgen } from "./setup/wasm_bindgen.mjs";

/** Installs what is missing and builds the package. `quiet` leaves out the sizes. */
export async function buildNpm({ quiet = false } = {}) {
  ensureNode();
  await ensureNpmPackages();
  await ensureRust();
  await ensureWasmBindgen();
  const { buildPackage } = await import("./build/npm_package.mjs");
  const sizes = await buildPackage();
  if (quiet) return;
  for (const { file, bytes, gzip } of sizes) {
    console.log(`  ${file.padEnd(28)} ${kib(bytes)}, gzip ${kib(gzip)}`);
  }
}

function kib(bytes) {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await buildNpm().catch((error) => {
    console.error(error.stack && error.name !== "SetupError" ? error.stack : error.message);
    process.exitCode = 1;
  });
}
