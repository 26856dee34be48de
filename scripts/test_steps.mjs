// The steps of `npm test`, in order: what is quick to fail comes first.
//
// A step names what it `needs` (see test.mjs) and either `commands`, each of which must succeed, or `run(tools)`, which
// throws when it fails and returns `{ skipped: reason }` when it could not be done here. `tools` has the needs' paths.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { wranglerEnvironment } from "./dev/wrangler.mjs";
import { root, testOutput } from "./setup/places.mjs";
import { command, CommandFailed } from "./test_command.mjs";

const WASM = ["--target", "wasm32-unknown-unknown"];
const NO_WARNINGS = ["--", "-D", "warnings"];
const NODE = process.execPath;

export function steps() {
  return [
    { name: "fmt", needs: ["rust"], commands: [["cargo", "fmt", "--check"]] },
    { name: "house", needs: [], commands: [[NODE, "scripts/check_house.mjs"]] },
    { name: "types", needs: ["npm"], commands: typeChecks() },
    clippy("clippy-pure", ["--lib", "--no-default-features"]),
    clippy("clippy-cli", ["--all-targets", "--features", "cli"]),
    clippy("clippy-edge", ["--lib", "--no-default-features", "--features", "edge", ...WASM]),
    clippy("clippy-browser", ["--lib", "--no-default-features", "--features", "browser", ...WASM]),
    { name: "pure-build", needs: ["rust"], commands: [cargo("build", "--lib", "--no-default-features")] },
    { name: "rust", needs: ["rust"], commands: [cargo("test", "--no-fail-fast", "--features", "cli")] },
    { name: "build", needs: ["npm", "rust", "wasm-bindgen"], commands: [["npm", "run", "--silent", "build"]] },
    { name: "build-npm", needs: ["npm", "rust", "wasm-bindgen"], commands: [["npm", "run", "--silent", "build:npm"]] },
    { name: "page", needs: ["npm", "rust", "wasm-bindgen"], commands: [["npm", "run", "--silent", "build:page"]] },
    { name: "bundle", needs: ["rust"], commands: [[NODE, "scripts/check_bundle.mjs"]] },
    { name: "wasm-node", needs: ["rust", "wasm-pack"], run: (tools) => wasmSuites(tools, ["--node"]) },
    { name: "wasm-browser", needs: ["rust", "wasm-pack", "browser"], run: wasmSuitesInBrowser },
    ...nodeTests(),
    { name: "start", needs: ["npm", "rust", "wasm-bindgen"], commands: [[NODE, "scripts/start.mjs", "--check"]] },
    { name: "outage", needs: ["npm", "rust", "wasm-bindgen"], commands: [[NODE, "scripts/demo_outage.mjs", "--check"]] },
    { name: "deploy", needs: ["npm", "rust", "wasm-bindgen"], run: deployDryRun },
    { name: "deny", needs: ["rust", "cargo-deny"], run: (tools) => deny(tools, "bans", "licenses", "sources") },
    { name: "advisories", needs: ["rust", "cargo-deny"], run: advisories },
    { name: "npm-audit", needs: ["npm"], run: npmAudit },
  ];
}

/** Where others rely on it, the lock file must be as committed; at a desk, cargo may bring it up to date. */
function locked() {
  return process.env.CI ? ["--locked"] : [];
}

function cargo(subcommand, ...args) {
  return ["cargo", subcommand, ...locked(), ...args];
}

function clippy(name, args) {
  return { name, needs: ["rust"], commands: [cargo("clippy", ...args, ...NO_WARNINGS)] };
}

function typeChecks() {
  return ["src/edge", "examples/origin", "npm", "npm/tsconfig.node.json", "www"]
    .filter((project) => existsSync(join(root, project.endsWith(".json") ? project : `${project}/tsconfig.json`)))
    .map((project) => [NODE, "node_modules/typescript/bin/tsc", "--noEmit", "-p", project]);
}

/**
 * The suites of the pure core as wasm. wasm-pack leaves a suite out, and succeeds, when it is configured for another
 * runtime; so it is the count of passed tests that decides.
 */
async function wasmSuites(tools, args, env = {}) {
  for (const suite of ["jwt_suite", "causes"]) {
    const run = [tools["wasm-pack"], "test", "--mode", "no-install", ...args, "--", ...locked(), "--test", suite];
    const output = await command(run, { env, capture: true });
    if (!/^test result: ok\. [1-9]\d* passed/m.test(output)) throw new CommandFailed(`no test of ${suite} has run`);
  }
}

async function wasmSuitesInBrowser(tools) {
  // The committed configuration, and the browser that is on this machine.
  const configuration = JSON.parse(readFileSync(join(root, "webdriver.json"), "utf8"));
  configuration["goog:chromeOptions"].binary = tools.browser.chrome;
  const file = join(testOutput, "webdriver.json");
  mkdirSync(testOutput, { recursive: true });
  writeFileSync(file, JSON.stringify(configuration, null, 2));

  await wasmSuites(tools, ["--headless", "--chrome", "--chromedriver", tools.browser.chromedriver], {
    WASM_BINDGEN_TEST_WEBDRIVER_JSON: file,
    // A suite that names no runtime runs in Node unless told otherwise.
    WASM_BINDGEN_USE_BROWSER: "1",
    // Seconds; the default of 20 is short for property tests on a busy machine.
    WASM_BINDGEN_TEST_TIMEOUT: "300",
  });
}

/** A step for each folder with `*.test.mjs` files: `scripts`, and whatever is in `tests`. */
function nodeTests() {
  const groups = new Map();
  for (const file of ["scripts", "tests", "examples", "npm", "www"].flatMap(testFiles)) {
    const folder = file.startsWith("tests/") ? dirname(file).split("/").slice(0, 2).join("/") : file.split("/")[0];
    groups.set(folder, [...(groups.get(folder) ?? []), file]);
  }
  return [...groups].map(([folder, files]) => {
    const prepared = PREPARED[folder] ?? { needs: [], commands: [] };
    const browser = files.some((file) => /browser|^npm|^www/.test(file)) ? ["browser"] : [];
    return {
      name: `node:${folder}`,
      needs: ["npm", ...browser, ...prepared.needs],
      commands: [...prepared.commands, [NODE, "--test", "--test-reporter=spec", ...files]],
    };
  });
}

/** What the tests of a folder work with, and do not build themselves: they run side by side. */
const PREPARED = {
  "tests/packaging": {
    needs: ["rust", "wasm-bindgen"],
    commands: [["npm", "run", "--silent", "build:npm"], cargo("build", "--features", "cli")],
  },
};

function testFiles(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return /^(node_modules|dist|\..*)$/.test(entry.name) ? [] : testFiles(path);
      return entry.name.endsWith(".test.mjs") ? [path] : [];
    });
}

/** Bundles all Workers as a deployment would, and sends nothing. */
async function deployDryRun() {
  const folders = { gate: root, origin: join(root, "examples", "origin"), page: join(root, "www") };
  for (const [name, folder] of Object.entries(folders)) {
    const outdir = join(testOutput, "deploy", name);
    const wrangler = join(root, "node_modules", "wrangler", "bin", "wrangler.js");
    await command([NODE, wrangler, "deploy", "--dry-run", "--outdir", outdir], {
      cwd: folder,
      env: wranglerEnvironment(),
    });
  }
}

function deny(tools, ...checks) {
  return command([tools["cargo-deny"], "check", "--hide-inclusion-graph", ...checks]);
}

async function advisories(tools) {
  const fetched = spawnSync(tools["cargo-deny"], ["fetch", "db"], { cwd: root, encoding: "utf8", timeout: 120_000 });
  if (fetched.error || /failed to fetch/.test(fetched.stderr)) {
    return { skipped: "the database of Rust advisories cannot be reached from here" };
  }
  await deny(tools, "advisories");
}

async function npmAudit() {
  const args = ["audit", "--omit=dev", "--json"];
  // It exits with 1 for findings and for a registry that has no such endpoint; the report tells which.
  const report = JSON.parse((await command(["npm", ...args], { quiet: true, mayFail: true })) || "{}");
  if (!report.metadata) {
    const why = report.message ?? report.error?.summary ?? "no report";
    return { skipped: `the registry's audit endpoint does not answer (${why.replace(/https?:\/\/\S+/g, "…")})` };
  }
  const { total } = report.metadata.vulnerabilities;
  // The count includes the repository itself.
  const packages = report.metadata.dependencies.prod - 1;
  console.log(`${packages} packages in production, ${total} known vulnerabilities`);
  if (total > 0) await command(["npm", "audit", "--omit=dev"]);
}
