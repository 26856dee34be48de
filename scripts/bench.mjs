// `npm run bench`: the gate side by side with what a user would pick instead, in workerd. See benches/edge/README.md.

import { parseArgs } from "node:util";

import { ensureNode } from "./setup/node.mjs";
import { ensureNpmPackages } from "./setup/npm_packages.mjs";
import { runScript, SetupError } from "./setup/setup_error.mjs";

const USAGE = `npm run bench -- [options]

  --quick       a quarter of the time, for a first look
  --check       exit with 1 when a budget is not met
  --json FILE   also write the results of every round
  --no-build    measure what build/ holds`;

await runScript(async () => {
  const options = readOptions();
  if (options.help) return console.log(USAGE);
  if (process.platform !== "linux") {
    throw new SetupError("The benchmark reads the kernel's accounts under /proc.", "run it on Linux");
  }
  ensureNode();
  await ensureNpmPackages();
  if (!options["no-build"]) {
    const { build } = await import("./build.mjs");
    await build({ quiet: true });
  }
  // Only now: it imports what has just been installed.
  const { runBench } = await import("../benches/edge/run.mjs");
  const met = await runBench(options);
  return options.check && !met ? 1 : 0;
});

function readOptions() {
  try {
    return parseArgs({
      options: {
        quick: { type: "boolean" },
        check: { type: "boolean" },
        json: { type: "string" },
        "no-build": { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new SetupError(error.message, USAGE);
  }
}
