// The crate as a wasm module with its JavaScript glue, for one of the exclusive features `edge` and `browser`.

import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { root } from "../setup/places.mjs";
import { slowCommand } from "../setup/slow_command.mjs";
import { orderBySize } from "./function_order.mjs";
import { mutePanics } from "./panics.mjs";

const TARGET = "wasm32-unknown-unknown";

/** What every engine that is served understands; with all of binaryen's features it writes what few do. */
const FEATURE_NAMES = [
  "BulkMemory", "ExceptionHandling", "Multivalue", "MutableGlobals", "NontrappingFPToInt", "ReferenceTypes", "SignExt",
];
const FEATURES = [
  "bulk-memory", "exception-handling", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types",
  "sign-ext",
].map((name) => `--enable-${name}`);

/** Compiles the crate with one of Cargo.toml's profiles. Returns the path of the module that the compiler made. */
export async function compiledCrate(feature, profile) {
  await slowCommand(`compiling the ${feature} module`, "cargo", [
    "build", "--profile", profile, "--lib", "--target", TARGET, "--no-default-features", "--features", feature,
  ], { fix: "see the compiler's message above" });
  return join(targetDir, TARGET, profile, "edgewarden.wasm");
}

const targetDir = process.env.CARGO_TARGET_DIR ?? join(root, "target");

/**
 * Generates the glue of a compiled crate. Returns the folder with `edgewarden_bg.wasm` and the JavaScript: `edgewarden.js`,
 * and `edgewarden_bg.js` where the target separates what loads the module from what calls it.
 */
export async function generateGlue(feature, compiled, bindgenArguments) {
  const folder = join(targetDir, "glue", feature);
  await mkdir(folder, { recursive: true });
  await slowCommand(`generating the ${feature} glue`, process.env.WASM_BINDGEN_BIN, [
    compiled, "--out-dir", folder, "--out-name", "edgewarden", "--no-typescript", "--remove-producers-section",
    ...bindgenArguments,
  ], { fix: "run it again; if it persists, delete build/ and .tools/" });
  for (const name of ["edgewarden.js", "edgewarden_bg.js"]) {
    if (existsSync(join(folder, name))) await makeShakeable(join(folder, name));
  }
  return folder;
}

/**
 * Lets the bundler leave out the classes that nobody uses: each is kept alive by a statement that runs on load. Also
 * spells the module's import in the way that every bundler knows.
 */
async function makeShakeable(file) {
  const glue = await readFile(file, "utf8");
  const shakeable = glue
    .replace(/^if \(Symbol\.dispose\).*$/gm, "")
    .replaceAll(": new FinalizationRegistry(", ": /* @__PURE__ */ new FinalizationRegistry(")
    .replace(/^import source /m, "import ");
  await writeFile(file, shakeable);
}

/**
 * Removes from the module every export that the bundled JavaScript does not touch, then optimises: what nobody can
 * call is not shipped. The glue calls exports as `wasm.name`. `optimise` is for wasm-opt; `mute` leaves panics without a message,
 * `order` is for gzip.
 */
export async function shrink(module, bundledGlue, out, { optimise = ["-O1"], mute = false, order = false } = {}) {
  const names = new Set(["memory"]);
  for (const [, name] of bundledGlue.matchAll(/\.([A-Za-z_$][\w$]*)/g)) names.add(name);
  const compiled = await WebAssembly.compile(await readFile(module));
  const used = WebAssembly.Module.exports(compiled).map(({ name }) => name).filter((name) => names.has(name));
  const graph = join(dirname(module), "exports.json");
  await writeFile(graph, JSON.stringify([
    { name: "root", root: true, reaches: used },
    ...used.map((name) => ({ name, export: name })),
  ]));
  const fix = "npm ci";
  // Two builds may run at the same time: neither sees half of what the other writes.
  const draft = `${out}.${process.pid}`;
  await slowCommand("removing what nobody calls", binaryen("wasm-metadce"), [
    module, ...FEATURES, "--graph-file", graph, "--debuginfo", "-o", draft,
  ], { fix });
  if (mute) await mutePanics(draft, FEATURE_NAMES, mute);
  await slowCommand("optimising", process.env.WASM_OPT_BIN ?? binaryen("wasm-opt"), [
    draft, ...FEATURES, ...optimise, "--strip-debug", "--strip-producers", "-o", draft,
  ], { fix });
  if (order) await orderBySize(draft, FEATURE_NAMES);
  await rename(draft, out);
}

function binaryen(program) {
  return join(root, "node_modules", ".bin", program);
}
