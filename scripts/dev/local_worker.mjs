// One Worker under `wrangler dev`: started, waited for, watched, stopped.

import { setTimeout as sleep } from "node:timers/promises";

import { SetupError } from "../setup/setup_error.mjs";
import { freePort } from "./ports.mjs";
import { spawnWrangler } from "./wrangler.mjs";

const POLL_MS = 200;
const READY_WITHIN_MS = 90_000;
const STOPS_WITHIN_MS = 5_000;
const KEPT_LINES = 200;
const SHOWN_LINES = 25;
// Some of what wrangler prints is coloured whatever it is told.
const COLOURS = /\x1b\[[\d;]*m/g;

/**
 * Starts `wrangler dev` in `cwd` on 127.0.0.1:`port`. The result has `url`, `ended` (a promise of how it ended),
 * `show()` (print its log from now on), `logTail()`, `logged()` (the lines of JSON that it has logged, parsed), `waitUntilReady()` and `stop()`.
 */
export async function startWorker({ name, cwd, port, args = [], healthPath }) {
  const url = `http://127.0.0.1:${port}`;
  const flags = ["dev", "--ip", "127.0.0.1", "--port", port, "--show-interactive-dev-session=false"];
  // Left to themselves, two that start together both choose the same inspector port, and one of them ends.
  const inspector = ["--inspector-ip", "127.0.0.1", "--inspector-port", await freePort()];
  const child = spawnWrangler([...flags, ...inspector, ...args].map(String), { cwd });
  const lines = [];
  let shown = false;
  let running = true;

  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (text) => {
      const parts = (rest + text).replace(COLOURS, "").split(/\r?\n/);
      rest = parts.pop();
      for (const line of parts.filter((one) => one.trim())) {
        lines.push(line);
        if (shown) console.log(`[${name}] ${line}`);
      }
      lines.splice(0, lines.length - KEPT_LINES);
    });
  }
  const ended = new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(`exit ${code ?? signal}`));
  });
  ended.then(() => (running = false));

  const signalGroup = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // Nothing is left of the group.
    }
  };

  process.once("exit", () => signalGroup("SIGKILL"));

  return {
    name,
    url,
    ended,
    show: () => (shown = true),
    logged: () => lines.flatMap(parsedLine),
    logTail: () => lines.slice(-SHOWN_LINES).map((line) => `  | ${line}`).join("\n"),
    async waitUntilReady() {
      const deadline = Date.now() + READY_WITHIN_MS;
      let last = "no answer";
      while (running && Date.now() < deadline) {
        const answer = await ask(`${url}${healthPath}`);
        if (answer?.status === 200) return;
        // An answer other than "fine" is the Worker's own: waiting would not change it.
        if (answer?.ours) throw new SetupError(`The ${name} is up but not well: ${answer.status} ${answer.body}`);
        if (answer) last = `${answer.status} ${answer.body}`;
        await sleep(POLL_MS);
      }
      const why = running ? `not ready after ${READY_WITHIN_MS / 1000} s (${last})` : await ended;
      throw new SetupError(`The ${name} did not start: ${why}. Its log ends:\n${this.logTail()}`);
    },
    async stop() {
      if (running) {
        signalGroup("SIGTERM");
        await Promise.race([ended, sleep(STOPS_WITHIN_MS, undefined, { ref: false })]);
      }
      signalGroup("SIGKILL");
    },
  };
}

/** wrangler puts a mark of its own before what was written to the error console. */
function parsedLine(line) {
  try {
    return [JSON.parse(line.slice(line.indexOf("{")))];
  } catch {
    return [];
  }
}

async function ask(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    const body = (await response.text()).slice(0, 500);
    const ours = response.status === 503 && /json/.test(response.headers.get("content-type"));
    return { status: response.status, body, ours };
  } catch {
    return undefined;
  }
}
