// `npm test`: everything that is checked, on a machine where nothing is prepared. Continuous integration runs this.

import { ensureBrowser } from "./setup/browser.mjs";
import { ensureCargoDeny } from "./setup/cargo_deny.mjs";
import { ensureNode } from "./setup/node.mjs";
import { ensureNpmPackages } from "./setup/npm_packages.mjs";
import { ensureRust } from "./setup/rust.mjs";
import { runScript, SetupError } from "./setup/setup_error.mjs";
import { ensureWasmBindgen } from "./setup/wasm_bindgen.mjs";
import { ensureWasmPack } from "./setup/wasm_pack.mjs";
import { command, CommandFailed, interrupt } from "./test_command.mjs";
import { steps } from "./test_steps.mjs";

const HELP = `npm test [-- OPTIONS]

Installs what is missing, then runs every step, also after one has failed, and ends with a summary.

  --only NAME   run this step; may be repeated. "node", "clippy" and "wasm" mean all steps of that kind
  --fail-fast   stop after the first step that fails
  --list        print the names of the steps
  --help        this text`;

const NEEDS = {
  rust: () => ensureRust(["rustfmt", "clippy"]),
  npm: () => ensureNpmPackages(),
  "wasm-bindgen": ensureWasmBindgen,
  "wasm-pack": ensureWasmPack,
  "cargo-deny": ensureCargoDeny,
  browser: ensureBrowser,
};

async function main() {
  const options = parse(process.argv.slice(2));
  if (options.help) return void console.log(HELP);
  const all = steps();
  if (options.list) return void console.log(all.map(({ name }) => name).join("\n"));
  const chosen = choose(all, options.only);

  ensureNode();
  const { tools, missing } = await setUp(chosen);
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      stopping = true;
      interrupt();
    });
  }
  const results = [];
  for (const step of chosen) {
    const result = await run(step, tools, missing);
    results.push(result);
    if (stopping || (result.outcome === "failed" && options.failFast)) break;
  }
  return summarise(results, chosen.length);
}

function parse(args) {
  const options = { only: [] };
  while (args.length > 0) {
    const arg = args.shift();
    if (arg === "--only" && args.length > 0) options.only.push(args.shift());
    else if (arg === "--fail-fast") options.failFast = true;
    else if (arg === "--list") options.list = true;
    else if (arg === "--help") options.help = true;
    else throw new SetupError(`Unknown option ${arg}.`, "npm test -- --help");
  }
  return options;
}

function choose(all, only) {
  if (only.length === 0) return all;
  const fits = (step, name) => [step.name, step.name.split(":")[0], step.name.split("-")[0]].includes(name);
  const unknown = only.find((name) => !all.some((step) => fits(step, name)));
  if (unknown) throw new SetupError(`There is no step ${unknown}.`, "npm test -- --list");
  return all.filter((step) => only.some((name) => fits(step, name)));
}

/** Sees to what the steps need, once each. Resolves with where it is, and with what could not be had and why. */
async function setUp(chosen) {
  const tools = {};
  const missing = new Map();
  for (const [name, ensure] of Object.entries(NEEDS)) {
    if (!chosen.some((step) => step.needs.includes(name))) continue;
    try {
      tools[name] = await ensure();
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      console.log(error.message);
      missing.set(name, error.message.split("\n")[0]);
    }
  }
  return { tools, missing };
}

async function run(step, tools, missing) {
  console.log(`\n━━ ${step.name} ${"━".repeat(Math.max(0, 76 - step.name.length))}`);
  const started = Date.now();
  const outcome = await outcomeOf(step, tools, missing);
  const result = { name: step.name, ...outcome, seconds: (Date.now() - started) / 1000 };
  console.log(`━━ ${line(result)}`);
  return result;
}

async function outcomeOf(step, tools, missing) {
  const without = step.needs.find((need) => missing.has(need));
  if (without) return { outcome: "failed", why: missing.get(without) };
  try {
    for (const one of step.commands ?? []) await command(one);
    const skipped = (await step.run?.(tools))?.skipped;
    return skipped ? { outcome: "skipped", why: skipped } : { outcome: "passed" };
  } catch (error) {
    if (!(error instanceof CommandFailed)) console.error(error);
    return { outcome: "failed", why: error.message };
  }
}

function line({ name, outcome, seconds, why }) {
  return `${outcome.padEnd(7)} ${name.padEnd(16)} ${seconds.toFixed(1).padStart(7)} s${why ? `   ${why}` : ""}`;
}

function summarise(results, expected) {
  const count = (outcome) => results.filter((result) => result.outcome === outcome).length;
  console.log(`\n━━ summary ${"━".repeat(69)}`);
  for (const result of results) console.log(line(result));
  if (results.length < expected) console.log(`stopped: ${expected - results.length} steps were not run`);
  const skipped = count("skipped") > 0 ? `, ${count("skipped")} skipped` : "";
  console.log(`steps: ${count("passed")} passed, ${count("failed")} failed${skipped}`);
  return count("failed") > 0 ? 1 : 0;
}

await runScript(main);
