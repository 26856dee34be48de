// Where things are in the repository.

import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url)).replace(/[/\\]$/, "");

/** Tools that are compiled for this repository alone; ignored by git. */
export const toolsDir = join(root, ".tools");

/** What test runs leave behind; ignored by git. */
export const testOutput = join(root, "test-output");

/** A path as a person at the root of the repository would type it. */
export function shown(path) {
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}
