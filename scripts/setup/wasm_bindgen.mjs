import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { ensureCargoTool } from "./cargo_tool.mjs";
import { prependToPath, versionOf } from "./executables.mjs";
import { root } from "./places.mjs";
import { SetupError } from "./setup_error.mjs";

/**
 * The wasm-bindgen program, which must be of the library's version to the last digit. Put in front on PATH, where
 * wasm-pack looks for it, and into WASM_BINDGEN_BIN, which a caller may also have set.
 */
export async function ensureWasmBindgen() {
  const version = lockedVersion();
  const given = process.env.WASM_BINDGEN_BIN;
  if (given && versionOf(given) !== version) {
    throw new SetupError(
      `WASM_BINDGEN_BIN is ${versionOf(given) ?? "not a program that runs"}, and Cargo.lock asks for ${version}.`,
      "unset WASM_BINDGEN_BIN, or point it to that version",
    );
  }
  const path = given ?? (await ensureCargoTool({ crate: "wasm-bindgen-cli", binary: "wasm-bindgen", version }));
  prependToPath(dirname(path));
  process.env.WASM_BINDGEN_BIN = path;
  return path;
}

function lockedVersion() {
  const path = join(root, "Cargo.lock");
  const lock = existsSync(path) ? readFileSync(path, "utf8") : "";
  const version = lock.match(/^name = "wasm-bindgen"\r?\nversion = "([^"]+)"/m)?.[1];
  if (!version) throw new SetupError("Cargo.lock is missing or names no wasm-bindgen.", "git checkout Cargo.lock");
  return version;
}
