// `npm run build:page`: the inspector page, in www/dist, ready to be served. It is made of the npm package, which is built first.

import { pathToFileURL } from "node:url";

import { buildNpm } from "./build_npm.mjs";

/** Installs what is missing and builds the page. `quiet` leaves out the sizes. */
export async function buildInspector({ quiet = false } = {}) {
  await buildNpm({ quiet: true });
  const { buildPage } = await import("./build/page.mjs");
  const sizes = await buildPage();
  if (quiet) return;
  for (const { file, bytes, gzip } of sizes) {
    console.log(`  ${file.padEnd(32)} ${kib(bytes)}, gzip ${kib(gzip)}`);
  }
}

function kib(bytes) {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await buildInspector().catch((error) => {
    console.error(error.stack && error.name !== "SetupError" ? error.stack : error.message);
    process.exitCode = 1;
  });
}
