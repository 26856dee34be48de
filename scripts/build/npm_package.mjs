// The npm package: npm/dist, as it is packed. One wasm module, one bundle for each environment, and the declarations.

import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

import { root } from "../setup/places.mjs";
import { slowCommand } from "../setup/slow_command.mjs";
import { areNewer, sizesOf } from "./outputs.mjs";
import { compiledCrate, generateGlue, shrink } from "./wasm_module.mjs";

const folder = join(root, "npm");
const sources = join(folder, "src");
const dist = join(folder, "dist");
const { version } = createRequire(import.meta.url)(join(folder, "package.json"));

/** Builds it. Returns the size of each file that is loaded, in bytes. */
export async function buildPackage() {
  const compiled = await compiledCrate("browser", "browser");
  // The last that is written, so that a build which was broken off is not taken for a whole one.
  const finished = join(dist, "index.d.ts");
  if (!(await areNewer([finished], [compiled, sources, join(root, "scripts"), join(folder, "package.json")]))) {
    await makePackage(compiled);
  }
  return sizesOf(loadedFiles().filter(existsSync));
}

function loadedFiles() {
  const names = ["edgewarden.wasm", "browser.js", "node.js", "workerd.js", "session.js", "element.js", "command.js"];
  return names.map((name) => join(dist, name));
}

async function makePackage(compiled) {
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  const glue = await generateGlue("browser", compiled, ["--target", "bundler"]);
  const bundles = await bundleEntries(join(glue, "edgewarden_bg.js"));
  await shrink(join(glue, "edgewarden_bg.wasm"), bundles, join(dist, "edgewarden.wasm"), {
    // What is called once stays apart, and control flow is spelled in one way: gzip does better with it.
    optimise: [
      // The lowest kilobyte is the very end of the stack, where nothing has an address.
      "--low-memory-unused", "--one-caller-inline-max-function-size=0",
      "-Oz", "--flatten", "--rereloop", "--local-cse", "-Oz", "--dae-optimizing", "--converge", "-Oz",
    ],
    order: true,
    mute: { formatting: true },
  });
  await copyFile(join(root, "LICENSE"), join(folder, "LICENSE"));
  await declarations();
}

/**
 * Writes the JavaScript, and returns all of it. The element and the page's own script share their code, and so their instance
 * of the module; the session client shares nothing with anybody.
 */
async function bundleEntries(glue) {
  const page = { browser: "index.ts", element: "element/index.ts" };
  const texts = await Promise.all([
    bundle("browser", glue, existing(page), { splitting: true, chunkNames: "shared-[hash]" }),
    bundle("browser", glue, { session: "session/index.ts" }),
    bundle("node", glue, existing({ node: "index.ts", command: "command/index.ts" }), {
      platform: "node",
      splitting: true,
      chunkNames: "shared-node-[hash]",
    }),
    bundle("workerd", glue, { workerd: "index.ts" }),
  ]);
  const command = join(dist, "command.js");
  if (existsSync(command)) await chmod(command, 0o755);
  return texts.join("\n");
}

function existing(entries) {
  return Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(join(sources, file))));
}

async function bundle(environment, glue, entries, options = {}) {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, join(sources, file)])),
    outdir: dist,
    bundle: true,
    format: "esm",
    target: "es2022",
    // In a page every byte is loaded; in Node, an error shows the line that it comes from.
    minify: environment === "browser",
    legalComments: "none",
    external: ["*.wasm"],
    define: { EDGEWARDEN_VERSION: JSON.stringify(version) },
    alias: { "edgewarden-wasm": glue, "edgewarden-environment": join(sources, "environment", `${environment}.ts`) },
    logLevel: "warning",
    write: false,
    ...options,
  });
  await Promise.all(outputFiles.map(({ path, contents }) => writeFile(path, contents)));
  return outputFiles.map(({ text }) => text).join("\n");
}

async function declarations() {
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const options = ["-p", folder, "--declaration", "--emitDeclarationOnly", "--outDir", join(dist, "types")];
  await slowCommand("writing the declarations", process.execPath, [tsc, ...options], {
    fix: "see the compiler's message above",
  });
  // Beside the JavaScript, the entry itself last.
  for (const part of ["core", "session", "element", "index.d.ts"]) {
    if (existsSync(join(dist, "types", part))) await rename(join(dist, "types", part), join(dist, part));
  }
  await rm(join(dist, "types"), { recursive: true });
}
