// `npm start`: the gate, a small origin behind it and the inspector page, in the local runtime, on a machine where nothing is
// prepared.

import { watch } from "node:fs";
import { join } from "node:path";

import { prepareDatabase } from "./dev/database.mjs";
import { askedToStop, death, endWithNpm, STOP } from "./dev/ending.mjs";
import { startWorker } from "./dev/local_worker.mjs";
import { DEFAULT_ORIGIN_PORT, DEFAULT_PAGE_PORT, DEFAULT_PORT, expectFree, freePort, portFrom } from "./dev/ports.mjs";
import { gateTable } from "./dev/gate_table.mjs";
import { buildGate, buildInspectorPage, prepareTools } from "./dev/preparation.mjs";
import { ensureSecrets, originDir } from "./dev/secrets.mjs";
import { check, printed, session } from "./dev/session.mjs";
import { reload } from "./dev/wrangler.mjs";
import { which } from "./setup/executables.mjs";
import { root } from "./setup/places.mjs";
import { runScript, SetupError } from "./setup/setup_error.mjs";

const HELP = `npm start [-- --check]

Builds the gate, starts it, the example origin and the inspector page locally (no account, no network), and prints a
short session to paste into another terminal. What is missing is installed first; the first time that takes a few minutes.

  --check   run the printed session instead of printing it, on free ports, rotation included; exit 1 if an outcome
            is not as printed
  --help    this text

  PORT          the gate's port (${DEFAULT_PORT})
  ORIGIN_PORT   the origin's port (${DEFAULT_ORIGIN_PORT})
  PAGE_PORT     the inspector page's port (${DEFAULT_PAGE_PORT})

Secrets and the user are made at the first start and kept in ignored files; a change to a .dev.vars file is taken
up while running. To begin afresh, stop and delete .dev.vars, examples/origin/.dev.vars, .wrangler and
examples/origin/.wrangler.`;

async function main() {
  const options = process.argv.slice(2);
  const unknown = options.find((option) => !["--check", "--help"].includes(option));
  if (unknown) throw new SetupError(`Unknown option ${unknown}.`, "npm start -- --help");
  if (options.includes("--help")) return void console.log(HELP);
  const checking = options.includes("--check");

  endWithNpm();
  const missing = checking && ["bash", "curl"].find((program) => !which(program));
  if (missing) throw new SetupError(`The session needs ${missing}.`, `install ${missing}`);
  await prepareTools();
  const ports = {
    gate: portFrom("PORT", checking ? await freePort() : DEFAULT_PORT),
    origin: portFrom("ORIGIN_PORT", checking ? await freePort() : DEFAULT_ORIGIN_PORT),
    page: portFrom("PAGE_PORT", checking ? await freePort() : DEFAULT_PAGE_PORT),
  };
  if (new Set(Object.values(ports)).size < 3) {
    throw new SetupError("PORT, ORIGIN_PORT and PAGE_PORT must differ.", "choose three ports");
  }
  await expectFree(ports.gate, "PORT");
  await expectFree(ports.origin, "ORIGIN_PORT");
  await expectFree(ports.page, "PAGE_PORT");
  await buildGate();
  await buildInspectorPage();
  ensureSecrets();
  const user = await prepareDatabase();
  return run(ports, user, checking);
}

async function run(ports, user, checking) {
  console.log("Starting gate, origin and page ...");
  const origin = await startWorker({ name: "origin", cwd: originDir, port: ports.origin, healthPath: "/health" });
  const gate = await startWorker({
    name: "gate",
    cwd: root,
    port: ports.gate,
    args: ["--var", `ORIGIN:${origin.url}`, "--var", `GATE:${gateTable()}`],
    healthPath: "/auth/health",
  });
  const page = await startWorker({ name: "page", cwd: join(root, "www"), port: ports.page, healthPath: "/inspect/" });
  const workers = [origin, gate, page];
  const interrupted = askedToStop();
  const died = Promise.race(workers.map(death));
  const watchers = [root, originDir].map(reloadOnNewSecrets);
  try {
    const ready = Promise.all(workers.map((worker) => worker.waitUntilReady()));
    if ((await Promise.race([ready, died, interrupted])) === STOP) return 0;
    const steps = session({ gateUrl: gate.url, port: ports.gate, user });
    if (checking) return await Promise.race([report(steps, workers), died, interrupted.then(() => 1)]);
    welcome(gate, origin, page, steps);
    workers.forEach((worker) => worker.show());
    await Promise.race([died, interrupted]);
    console.log("\nStopping ...");
    return 0;
  } finally {
    watchers.forEach((watcher) => watcher.close());
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

/** `wrangler dev` reads `.dev.vars` only when it starts, or when its configuration file changes. */
function reloadOnNewSecrets(folder) {
  let timer;
  return watch(folder, (_event, name) => {
    if (name !== ".dev.vars") return;
    clearTimeout(timer);
    timer = setTimeout(() => reload(join(folder, "wrangler.toml")), 100);
  });
}

async function report(steps, workers) {
  const wrong = await check(steps);
  if (wrong.length === 0) {
    console.log(`The printed session works as printed (${steps.length} steps).`);
    return 0;
  }
  console.log(wrong.join("\n\n"));
  for (const { name, logTail } of workers) console.log(`\nThe log of the ${name} ends:\n${logTail()}`);
  return 1;
}

function welcome(gate, origin, page, steps) {
  const rule = "─".repeat(80);
  console.log(`
The gate answers at ${gate.url}, in front of the origin at ${origin.url}.
Why a token does not work: paste it into the page at ${page.url}/inspect/
Paste this into another terminal (bash, in this folder):
${rule}
${printed(steps).trimEnd()}
${rule}
Ctrl-C stops all. Their logs follow.
`);
}

await runScript(main);
