// Who takes part, and what each of them uploads.

import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

const edge = fileURLToPath(new URL("..", import.meta.url));
const root = fileURLToPath(new URL("../../..", import.meta.url));

/** In the order of the table; the first is the floor that the others are measured from. */
const JAVASCRIPT_GATES = ["nothing", "jose", "jose_imported_jwk", "jose_secret", "hono", "tsndr"];
const VERIFICATION_ONLY = ["subtle_verify"];

/**
 * The contenders, each `{ name, gate, verify }` with the modules of the gate and of the bench-only entry around its
 * verification, as file name to bytes; one of the two may be missing. `complaint` says why edgewarden is not among them.
 */
export async function contenders() {
  const all = [];
  for (const name of JAVASCRIPT_GATES) {
    all.push({ name, gate: await gateModules(name), verify: name === "nothing" ? undefined : await verifyModules(name) });
  }
  for (const name of VERIFICATION_ONLY) all.push({ name, verify: await verifyModules(name) });
  const { contender, complaint } = await edgewarden();
  if (contender) all.push(contender);
  return { all, complaint };
}

/** The real bundle, as `npm run build` leaves it. Its verification entry is bundled from the same glue around the same module. */
async function edgewarden() {
  const script = join(root, "build", "worker.js");
  const wasm = join(root, "build", "edgewarden.wasm");
  const glue = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "glue", "edge", "edgewarden.js");
  const missing = [script, wasm, glue].filter((file) => !existsSync(file)).map((file) => relative(root, file));
  if (missing.length) return { complaint: `${missing.join(", ")} missing: run \`npm run build\` first` };

  const module = readFileSync(wasm);
  if (!(await fits(module, readFileSync(glue, "utf8")))) {
    return { complaint: `${relative(root, glue)} is not the glue of build/edgewarden.wasm: run \`npm run build\` again` };
  }
  const entry = await verifyModules("edgewarden_verify", { alias: { "edgewarden-wasm": glue }, external: ["*.wasm"] });
  const contender = {
    name: "edgewarden",
    gate: { "worker.js": readFileSync(script), "edgewarden.wasm": module },
    verify: { ...entry, "edgewarden_bg.wasm": module },
  };
  return { contender };
}

/** Whether the glue has all that the module imports; the names of a different build differ. */
async function fits(module, glue) {
  const compiled = await WebAssembly.compile(module).catch(() => undefined);
  return compiled !== undefined && WebAssembly.Module.imports(compiled).every(({ name }) => glue.includes(name));
}

function gateModules(name) {
  return bundle(`export { default } from "./contenders/${name}.js";`);
}

function verifyModules(name, options) {
  return bundle(
    `import { verifyLoop } from "./verify_loop.js";
     import * as contender from "./contenders/${name}.js";
     export default verifyLoop(contender.verify, contender.prepare);`,
    options,
  );
}

async function bundle(contents, options = {}) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: edge },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    legalComments: "none",
    write: false,
    logLevel: "error",
    logOverride: { "import-is-undefined": "silent" },
    ...options,
  });
  return { "worker.js": outputFiles[0].contents };
}

/** Bytes of everything that is uploaded, raw and in gzip. */
export function uploadSize(modules) {
  const files = Object.values(modules);
  const sum = (sizes) => sizes.reduce((total, size) => total + size, 0);
  return {
    bytes: sum(files.map((file) => file.length)),
    gzip: sum(files.map((file) => gzipSync(file, { level: 9 }).length)),
  };
}
