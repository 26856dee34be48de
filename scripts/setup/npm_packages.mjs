import { existsSync, statSync } from "node:fs";
import { join } from "node:path";

import { root, shown } from "./places.mjs";
import { slowCommand } from "./slow_command.mjs";

/** The packages of package-lock.json: `npm ci` when they were never installed, or the lock file is newer. */
export async function ensureNpmPackages(folder = root) {
  const lock = join(folder, "package-lock.json");
  const installed = join(folder, "node_modules", ".package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log(`Installing the npm packages of ${shown(lock)} (npm ci) ...`);
  await slowCommand("npm ci", "npm", ["ci", "--no-audit", "--no-fund"], {
    cwd: folder,
    fix: "see that npm reaches its registry, then run `npm ci` and try again",
  });
}
