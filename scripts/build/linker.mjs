#!/usr/bin/env node
// The linker of the Worker's module, in front of the real one. The crate `worker` brings stream classes that it exports to
// JavaScript: being exported, they would be kept, with all that they need, though nobody uses them. This takes the
// exports off the command line, and the linker leaves the rest out. It is an eighth of the bundle.

import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";

/** wasm-streams' classes, and what describes them to wasm-bindgen. */
const UNUSED = /intounderlying(bytesource|sink|source)/;

const given = process.argv.slice(2);
const kept = given.filter((_, at) => !isUnusedExport(at) && !isUnusedExport(at + 1));
const { status, error } = spawnSync(realLinker(), kept, { stdio: "inherit" });
if (error) console.error(error.message);
process.exitCode = status ?? 1;

/** Whether the name after an `--export` stands here. */
function isUnusedExport(at) {
  return given[at - 1] === "--export" && UNUSED.test(given[at] ?? "");
}

function realLinker() {
  const rustc = (...args) => execFileSync(process.env.RUSTC ?? "rustc", args, { encoding: "utf8" }).trim();
  const host = rustc("-vV").match(/^host: (.+)$/m)?.[1] ?? "";
  return join(rustc("--print", "sysroot"), "lib", "rustlib", host, "bin", "rust-lld");
}
