import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";

import { versionOf, which } from "./executables.mjs";
import { toolsDir } from "./places.mjs";
import { slowCommand } from "./slow_command.mjs";

/** What these tools do takes them moments either way, and so they compile in a fraction of the time. */
const QUICK_TO_COMPILE = {
  CARGO_PROFILE_RELEASE_OPT_LEVEL: "1",
  CARGO_PROFILE_RELEASE_LTO: "off",
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16",
};

/**
 * The path of a program from crates.io: the one in `.tools`, the one on PATH if `accepts(version)`, or a fresh
 * `cargo install` into `.tools`. Dependencies are resolved afresh (no `--locked`): a published lock file may name a
 * version that a registry mirror does not have yet.
 */
export async function ensureCargoTool({ crate, binary, version, accepts = (found) => found === version }) {
  const own = join(toolsDir, "bin", binary);
  if (existsSync(own) && versionOf(own) === version) return own;
  const onPath = which(binary);
  if (onPath && accepts(versionOf(onPath) ?? "")) return onPath;

  const building = join(toolsDir, "build");
  console.log(`Compiling ${crate} ${version} into .tools (a few minutes, once) ...`);
  await slowCommand(
    crate,
    "cargo",
    ["install", "--force", "--root", toolsDir, "--target-dir", building, "--version", `=${version}`, crate],
    { env: { ...process.env, ...QUICK_TO_COMPILE }, fix: `cargo install ${crate} --version =${version}` },
  );
  rmSync(building, { recursive: true, force: true });
  return own;
}
