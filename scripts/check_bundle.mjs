// Holds the built gate against what it promises: its size, and that no asymmetric cryptography is compiled into it
// (the platform does that several times faster).

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { root, shown } from "./setup/places.mjs";

const LARGEST_GZIP_KIB = 130;
const FILES = ["worker.js", "edgewarden.wasm"].map((name) => join(root, "build", name));
const UNWANTED = /^(rsa|ring|aws-lc-\S*|openssl\S*|p(192|224|256|384|521)|k256|ecdsa|curve25519-dalek|ed25519\S*)$/;

const sizes = FILES.map((file) => gzipSync(readFileSync(file), { level: 9 }).length / 1024);
const total = sizes.reduce((sum, size) => sum + size);
const crates = edgeCrates();
const unwanted = crates.filter((name) => UNWANTED.test(name));

FILES.forEach((file, i) => console.log(`${shown(file)}: ${sizes[i].toFixed(1)} KiB gzip`));
console.log(`together ${total.toFixed(1)} KiB of ${LARGEST_GZIP_KIB}; made of ${crates.length} crates`);
if (unwanted.length > 0) console.log(`not to be in the gate: ${unwanted.join(", ")}`);
process.exitCode = total > LARGEST_GZIP_KIB || unwanted.length > 0 ? 1 : 0;

/** The names of all crates that are compiled into the gate. */
function edgeCrates() {
  const args = ["tree", "--edges", "normal", "--target", "wasm32-unknown-unknown", "--no-default-features"];
  const output = execFileSync("cargo", [...args, "--features", "edge", "--prefix", "none", "--format", "{p}"], {
    cwd: root,
    encoding: "utf8",
  });
  return [...new Set(output.split("\n").map((line) => line.split(" ")[0]).filter(Boolean))];
}
