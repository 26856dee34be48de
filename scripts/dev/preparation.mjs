// What has to be there before anything can be started: installed and built here where it is missing.

import { ensureNode } from "../setup/node.mjs";
import { ensureNpmPackages } from "../setup/npm_packages.mjs";
import { ensureRust } from "../setup/rust.mjs";
import { ensureWasmBindgen } from "../setup/wasm_bindgen.mjs";

export async function prepareTools() {
  ensureNode();
  await ensureNpmPackages();
  await ensureRust();
  await ensureWasmBindgen();
}

export async function buildGate() {
  console.log("Building the gate ...");
  // The build itself needs packages that may just have been installed.
  const { build } = await import("../build.mjs");
  await build({ quiet: true });
}

export async function buildInspectorPage() {
  console.log("Building the inspector page ...");
  const { buildInspector } = await import("../build_page.mjs");
  await buildInspector({ quiet: true });
}
