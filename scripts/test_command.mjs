import { spawn } from "node:child_process";
import { basename } from "node:path";

import { root, shown } from "./setup/places.mjs";

/** No step takes this long, also on two slow cores with nothing compiled: what does, hangs. */
const LIMIT_MINUTES = 20;

/** For a command that is asked to stop to do so in its own way. */
const GRACE_MS = 8_000;

let stopRunning;

/** Asks the command that is running to stop; it then counts as failed. */
export function interrupt() {
  stopRunning?.();
}

export class CommandFailed extends Error {}

/**
 * Runs a command of a test step, its output going to the terminal as it comes. Resolves with the standard output if
 * it is to `capture` (and show) or `quiet` (and not show) it. A failing command throws, unless it `mayFail`.
 */
export async function command([program, ...args], { cwd = root, env = {}, capture, quiet, mayFail } = {}) {
  if (!quiet) console.log(`$ ${[program === process.execPath ? "node" : program, ...args].map(shown).join(" ")}`);
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", capture || quiet ? "pipe" : "inherit", quiet ? "ignore" : "inherit"],
    // A process group of its own, so that it can be ended with all that it has started.
    detached: true,
  });
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text) => {
    output += text;
    if (!quiet) process.stdout.write(text);
  });
  const outcome = await outcomeOf(child);
  if (outcome !== undefined && !mayFail) throw new CommandFailed(`${basename(program)}: ${outcome}`);
  return output;
}

async function outcomeOf(child) {
  let reason;
  const stop = (why) => {
    reason ??= why;
    signalGroup(child, "SIGTERM");
    setTimeout(() => signalGroup(child, "SIGKILL"), GRACE_MS).unref();
  };
  const timer = setTimeout(() => stop(`still running after ${LIMIT_MINUTES} minutes, ended`), LIMIT_MINUTES * 60_000);
  stopRunning = () => stop("interrupted");
  const outcome = await new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    // Whatever it has left running would keep its output open.
    child.once("exit", () => signalGroup(child, "SIGKILL"));
    child.once("close", (code, signal) => resolve(code === 0 ? undefined : `exit ${code ?? signal}`));
  });
  clearTimeout(timer);
  stopRunning = undefined;
  return reason ?? outcome;
}

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nothing is left of the group.
  }
}
