import { ensureCargoTool } from "./cargo_tool.mjs";

/** cargo-deny, which holds the dependencies against deny.toml. */
export function ensureCargoDeny() {
  return ensureCargoTool({
    crate: "cargo-deny",
    binary: "cargo-deny",
    version: "0.20.2",
    accepts: (found) => found.startsWith("0.20."),
  });
}
