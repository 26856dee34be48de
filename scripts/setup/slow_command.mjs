// A command that may take minutes: its output is condensed to one line every few seconds, and shown when it fails.

import { spawn } from "node:child_process";

import { root } from "./places.mjs";
import { SetupError } from "./setup_error.mjs";

const EVERY_MS = 5_000;
const WIDTH = 96;
const KEPT_LINES = 400;
const SHOWN_LINES = 30;

/** Runs to the end and resolves with the output, or throws a SetupError with its last lines and the `fix`. */
export async function slowCommand(label, program, args, { fix, cwd = root, env = process.env } = {}) {
  const started = Date.now();
  const lines = [];
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (text) => {
      const parts = (rest + text).split(/\r?\n|\r/);
      rest = parts.pop();
      lines.push(...parts.filter((line) => line.trim()));
      lines.splice(0, lines.length - KEPT_LINES);
    });
    stream.on("end", () => rest.trim() && lines.push(rest));
  }
  const ticker = setInterval(() => {
    const seconds = Math.round((Date.now() - started) / 1000);
    console.log(`  ${label}: ${seconds} s, ${lines.at(-1)?.trim() ?? "started"}`.slice(0, WIDTH));
  }, EVERY_MS);
  const outcome = await new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(code === 0 ? undefined : `exit ${code ?? signal}`));
  });
  clearInterval(ticker);
  if (outcome !== undefined) {
    const shownLines = lines.slice(-SHOWN_LINES).map((line) => `  | ${line}`);
    throw new SetupError([`${label} failed (${outcome}):`, ...shownLines].join("\n"), fix);
  }
  return lines.join("\n");
}
