// Holds the source against the rules of the house (ARCHITECTURE.md) that no compiler knows: which rooms are pure,
// which rooms never import each other, that no secret is written down, that nothing names the machine it was made on.
//
// It reads text, not syntax: a rule here is worth having because it is simple. Comments in Rust are not looked at, and
// neither is what follows `#[cfg(test)]`.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { root } from "./setup/places.mjs";

const PURE = /^src\/(jwt|explain|session|config)\//;
const RUST = /^src\/.*\.rs$/;

const IN_PURE_ROOMS = [
  [/\b(worker\w*|js_sys|web_sys|wasm_bindgen\w*)::|\bextern crate\b/, "binds to JavaScript"],
  [/\bstd::(time|fs|net|env|process|thread|io)\b|\b(SystemTime|Instant)::now\b/, "uses a clock or I/O"],
  [/\b(getrandom|rand|jiff|clap|anstyle)::/, "uses what is for the command line"],
  [/\be?println!|\be?print!/, "prints"],
  [/\bcrate::(edge|browser|cli)\b/, "imports a room that is built on it"],
];

/** `[files, pattern, what is wrong]`; Rust is seen without comments and tests, everything else as it is. */
const RULES = [
  ...IN_PURE_ROOMS.map(([pattern, wrong]) => [PURE, pattern, `a pure room ${wrong}`]),
  // The package's module has no code for it: see scripts/build/panics.mjs.
  [/^src\/(jwt|explain|session|config|browser)\/(?!.*\btests\.rs$)/, /"[^"\n]*\{[^{}"\n]*:#?\?\}/, "writes with `{:?}`"],
  [/^src\/jwt\//, /\bcrate::(explain|session|config)\b/, "jwt/ imports a room that is built on it"],
  [/^src\/edge\//, /\bcrate::(browser|cli)\b/, "edge/ imports another room of its kind"],
  [/^src\/browser\//, /\bcrate::(edge|cli)\b/, "browser/ imports another room of its kind"],
  [/^src\/cli\//, /\bcrate::(edge|browser)\b/, "cli/ imports another room of its kind"],
  [
    /^src\/(jwt|explain|session)\//,
    /\bhttp::|\bStatusCode\b|"(WWW-Authenticate|Cache-Control|Set-Cookie|Content-Type)"/i,
    "HTTP is spoken only in edge/",
  ],
  [
    /^(src|examples|npm|www)\/(?!.*test).*\.(rs|ts|js|mjs)$/,
    /"?\bk"?\s*:\s*["'`][A-Za-z0-9_-]{16,}["'`]/,
    "holds key material",
  ],
  [
    /^(src|examples|npm|www)\/.*\.(rs|ts|js|mjs)$/,
    /\b[A-Z_]*(SECRET|KEYS?|TOKEN|PASSWORD)\b["')\]]*\s*(\?\?|\|\||\.unwrap_or\w*\((\|\w*\|)?)\s*["'`]/,
    "gives a secret a default",
  ],
  [
    /(^|\/)wrangler\.toml$/,
    /^\s*((ACCESS|REFRESH)_(KEYS|SECRET)(_PREVIOUS)?|OPERATOR_TOKEN)\s*=/m,
    "sets a secret as a plain variable",
  ],
  [/./, machinePaths(), "names a path of one machine"],
];

/** What is wrong in one file, as lines of text. */
export function findings(file, text) {
  const seen = RUST.test(file) ? withoutCommentsAndTests(text) : text;
  const wrong = [];
  for (const [files, pattern, message] of RULES) {
    const match = files.test(file) && seen.match(pattern);
    if (!match) continue;
    const line = seen.slice(0, match.index + match[0].length).split("\n").length;
    wrong.push(`${file}:${line}: ${message}: ${match[0].trim().slice(0, 60)}`);
  }
  return wrong;
}

/** Lines stay where they are. A `//` inside a string ends the line early, which hides little and accuses nobody. */
function withoutCommentsAndTests(text) {
  const code = text.split(/^\s*#\[cfg\((?:all\()?test\b/m)[0];
  return code
    .replace(/\/\*[^]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ""))
    .replace(/(^|[^:"])\/\/.*$/gm, "$1");
}

/** This checkout's own place, the home folder, and anybody's home folder. */
function machinePaths() {
  const own = [root, homedir()].filter((path) => path.length > 1);
  const quoted = own.map((path) => path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const paths = [...quoted, "/home/\\w", "/Users/\\w", "C:\\\\Users"];
  return new RegExp(`(?<![\\w.])(${paths.join("|")})`);
}

/** Every text file that git knows or would add. */
function files() {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  return execFileSync("git", args, { cwd: root, encoding: "utf8" }).split("\0").filter(Boolean);
}

function read(file) {
  try {
    const bytes = readFileSync(join(root, file));
    return bytes.includes(0) ? "" : bytes.toString("utf8");
  } catch {
    return ""; // deleted, and git has not been told yet
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const all = files();
  const wrong = all.flatMap((file) => findings(file, read(file)));
  for (const line of wrong) console.log(line);
  console.log(wrong.length === 0 ? `${all.length} files, nothing wrong` : `${wrong.length} findings`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}
