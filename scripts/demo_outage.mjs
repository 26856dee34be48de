// `npm run demo:outage`: the day that the gate exists for, with real Workers, real answers and the real session client. The
// issuer signs with one secret, and whoever verifies holds another.

import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { fillDatabase } from "./dev/database.mjs";
import { askedToStop, death, endWithNpm, STOP } from "./dev/ending.mjs";
import { gateTable } from "./dev/gate_table.mjs";
import { startWorker } from "./dev/local_worker.mjs";
import { freePort } from "./dev/ports.mjs";
import { buildGate, prepareTools } from "./dev/preparation.mjs";
import { originDir } from "./dev/secrets.mjs";
import { root } from "./setup/places.mjs";
import { runScript, SetupError } from "./setup/setup_error.mjs";

const HELP = `npm run demo:outage [-- --check]

The issuer signs with one secret, the gate holds another: starts the gate and the example origin locally (no account,
no network), each with secrets of its own and a state that is thrown away, and shows what happens then: to a session,
in the log, to a client that obeys and to one that does not, and how it is repaired. What is missing is installed first.

  --check   say only what is not as it should be; exit 1 then
  --help    this text`;

async function main() {
  const options = process.argv.slice(2);
  const unknown = options.find((option) => !["--check", "--help"].includes(option));
  if (unknown) throw new SetupError(`Unknown option ${unknown}.`, "npm run demo:outage -- --help");
  if (options.includes("--help")) return void console.log(HELP);

  endWithNpm();
  await prepareTools();
  await buildGate();
  const state = await mkdtemp(join(tmpdir(), "edgewarden-outage-"));
  try {
    return await run(state, options.includes("--check"));
  } finally {
    await rm(state, { recursive: true, force: true });
  }
}

async function run(state, checking) {
  const user = { email: "runner@example.com", password: randomBytes(12).toString("base64url") };
  await Promise.all(["origin", "gate"].map((name) => mkdir(join(state, name))));
  await fillDatabase({ user, state: join(state, "origin") });
  console.log("Starting gate and origin ...");
  const workers = await deployments(state);
  const interrupted = askedToStop();
  try {
    // Needs packages that may just have been installed.
    const { outageStory } = await import("./dev/outage_story.mjs");
    const story = outageStory({ user, ...workers, say: checking ? () => {} : console.log });
    const wrong = await Promise.race([story, workers.fault, interrupted]);
    if (wrong === STOP) return 1;
    for (const line of wrong) console.log(`NOT AS IT SHOULD BE: ${line}`);
    if (wrong.length === 0) console.log("The outage ends as it should: seen at once, and nothing goes in circles.");
    return wrong.length > 0 ? 1 : 0;
  } finally {
    await workers.stop();
  }
}

/**
 * Gate and origin, to be deployed again and again. `deployOrigin(access)` and `deployGate(access)` resolve when the Worker runs
 * with this access secret, or these, newest first; `gate()` and `origin()` are those that run now.
 */
async function deployments(state) {
  const ports = { origin: await freePort(), gate: await freePort() };
  const refreshSecret = newSecret();
  const running = {};
  let fail;
  const fault = new Promise((_, reject) => (fail = reject));
  fault.catch(() => {});

  async function deploy(name, cwd, healthPath, [newest, previous], args = []) {
    const secrets = { ACCESS_SECRET: newest, ACCESS_SECRET_PREVIOUS: previous, REFRESH_SECRET: refreshSecret };
    const file = join(state, `${name}.env`);
    const lines = Object.entries(secrets).flatMap(([key, value]) => (value ? `${key}=${value}\n` : []));
    await writeFile(file, lines.join(""), { mode: 0o600 });
    await stop(name);
    const flags = ["--persist-to", join(state, name), "--env-file", file, ...args];
    const worker = await startWorker({ name, cwd, port: ports[name], args: flags, healthPath });
    running[name] = worker;
    death(worker).catch((error) => running[name] === worker && fail(error));
    await worker.waitUntilReady();
  }

  async function stop(name) {
    const worker = running[name];
    delete running[name];
    await worker?.stop();
  }

  return {
    newSecret,
    fault,
    origin: () => running.origin,
    gate: () => running.gate,
    deployOrigin: (...access) => deploy("origin", originDir, "/health", access),
    deployGate: (...access) =>
      deploy("gate", root, "/auth/health", access, [
        "--var",
        `ORIGIN:http://127.0.0.1:${ports.origin}`,
        "--var",
        `GATE:${gateTable()}`,
      ]),
    stop: () => Promise.all(Object.keys(running).map(stop)),
  };
}

function newSecret() {
  return randomBytes(32).toString("base64url");
}

await runScript(main);
