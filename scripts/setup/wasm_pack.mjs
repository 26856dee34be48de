import { dirname, join } from "node:path";

import { ensureCargoTool } from "./cargo_tool.mjs";
import { which } from "./executables.mjs";
import { SetupError } from "./setup_error.mjs";
import { ensureWasmBindgen } from "./wasm_bindgen.mjs";

const VERSION = "0.15.1";

/** wasm-pack, which runs the suite in Node and in a browser, and wasm-bindgen's test runner, which it calls. */
export async function ensureWasmPack() {
  const bindgen = await ensureWasmBindgen();
  if (!which(join(dirname(bindgen), "wasm-bindgen-test-runner"))) {
    throw new SetupError(
      `wasm-bindgen-test-runner is not beside ${bindgen}.`,
      "unset WASM_BINDGEN_BIN, or install all of wasm-bindgen-cli there",
    );
  }
  return ensureCargoTool({
    crate: "wasm-pack",
    binary: "wasm-pack",
    version: VERSION,
    accepts: (found) => found.startsWith("0.15."),
  });
}
