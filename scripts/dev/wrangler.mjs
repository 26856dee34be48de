// wrangler as it is used here: local only, no account, nothing sent or fetched.

import { spawn } from "node:child_process";
import { utimesSync } from "node:fs";
import { join } from "node:path";

import { root } from "../setup/places.mjs";
import { slowCommand } from "../setup/slow_command.mjs";

const PROGRAM = join(root, "node_modules", "wrangler", "bin", "wrangler.js");

export function wranglerEnvironment() {
  return {
    ...process.env,
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    FORCE_COLOR: "0",
    WRANGLER_HIDE_BANNER: "true",
    WRANGLER_LOG_PATH: join(root, ".wrangler", "logs"),
    WRANGLER_REGISTRY_PATH: join(root, ".wrangler", "registry"),
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_SEND_METRICS: "false",
  };
}

/** Runs one wrangler command to its end. */
export function wrangler(label, args, { cwd = root } = {}) {
  return slowCommand(label, process.execPath, [PROGRAM, ...args], { cwd, env: wranglerEnvironment() });
}

/** Starts wrangler in a process group of its own, so that workerd can be stopped together with it. */
export function spawnWrangler(args, { cwd }) {
  return spawn(process.execPath, [PROGRAM, ...args], {
    cwd,
    env: wranglerEnvironment(),
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Makes a running `wrangler dev` read its `.dev.vars` again, which it does when its configuration file changes. */
export function reload(configFile) {
  const now = new Date();
  utimesSync(configFile, now, now);
}
