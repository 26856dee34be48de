import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { canInstallDebianPackages, installDebianPackages } from "./debian.mjs";
import { atLeast, outputOf, prependToPath, which } from "./executables.mjs";
import { root } from "./places.mjs";
import { SetupError } from "./setup_error.mjs";
import { slowCommand } from "./slow_command.mjs";

const WASM_TARGET = "wasm32-unknown-unknown";

/** Cargo, a linker, the wasm target, and the named rustup components (`rustfmt`, `clippy`). */
export async function ensureRust(components = []) {
  findCargo();
  checkVersion();
  await ensureLinker();
  await ensureTarget();
  for (const component of components) await ensureComponent(component);
}

function findCargo() {
  if (which("cargo")) return;
  // A shell that was open while rustup was installed does not have its folder on PATH yet.
  const folder = join(process.env.CARGO_HOME ?? join(homedir(), ".cargo"), "bin");
  if (which(join(folder, "cargo"))) return prependToPath(folder);
  throw new SetupError("Rust is not installed (no `cargo` found).", "install it with rustup: https://rustup.rs");
}

function checkVersion() {
  const version = outputOf("cargo", ["--version"], { cwd: root })?.match(/\d+\.\d+\.\d+/)?.[0];
  if (!version) {
    throw new SetupError("`cargo --version` fails: rustup has no toolchain for this folder.", "rustup default stable");
  }
  const oldest = readFileSync(join(root, "Cargo.toml"), "utf8").match(/^rust-version = "([\d.]+)"/m)?.[1];
  if (oldest && !atLeast(version, oldest)) {
    throw new SetupError(`Rust ${version} is too old: ${oldest} or newer is needed.`, "rustup update stable");
  }
}

async function ensureLinker() {
  if (which("cc", "gcc", "clang")) return;
  if (canInstallDebianPackages()) return installDebianPackages(["gcc", "libc6-dev"]);
  throw new SetupError("No C compiler found, and Rust links with one.", "install gcc or clang");
}

async function ensureTarget() {
  const sysroot = outputOf("rustc", ["--print", "sysroot"], { cwd: root })?.trim() ?? "";
  if (existsSync(join(sysroot, "lib", "rustlib", WASM_TARGET))) return;
  if (!which("rustup")) {
    throw new SetupError(`This Rust cannot compile for ${WASM_TARGET}.`, "install Rust with rustup: https://rustup.rs");
  }
  console.log(`Adding the Rust target ${WASM_TARGET} ...`);
  const args = ["target", "add", WASM_TARGET];
  await slowCommand("rustup target add", "rustup", args, { fix: `rustup ${args.join(" ")}` });
}

async function ensureComponent(component) {
  // Asked, not looked for: rustup has stand-ins on PATH also for what is not there.
  if (outputOf("cargo", [component === "rustfmt" ? "fmt" : component, "--version"], { cwd: root })) return;
  if (!which("rustup")) {
    throw new SetupError(`${component} is missing.`, "install it as your Rust was installed");
  }
  console.log(`Adding the Rust component ${component} ...`);
  const args = ["component", "add", component];
  await slowCommand("rustup component add", "rustup", args, { fix: `rustup ${args.join(" ")}` });
}
