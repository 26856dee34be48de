// A project that uses the package as anybody would: one of the folders here, copied to a place outside the repository, with
// the packed tarball installed by npm. It has no other dependency, so the installation asks no registry.

import { execFile } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { copyFile, cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const root = fileURLToPath(new URL("../../", import.meta.url));
const npmFolder = join(root, "npm");

/** Runs a program to its end. Resolves with what it printed; rejects with an error that has `code`, `stdout` and `stderr`. */
export const run = promisify(execFile);

export async function npm(args, options) {
  // A test run by npm inherits settings that are meant for the repository.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(config|package|lifecycle)_/i.test(name)));
  return run("npm", args, { env, ...options });
}

let packed;

/** The tarball that `npm publish` would send, in a folder of its own; made once. */
export function tarball() {
  packed ??= pack();
  return packed;
}

async function pack() {
  if (!existsSync(join(npmFolder, "dist", "index.d.ts"))) throw new Error("npm/dist is not there: npm run build:npm");
  const folder = await mkdtemp(join(tmpdir(), "edgewarden-pack-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const { stdout } = await npm(["pack", npmFolder, "--json", "--pack-destination", folder]);
  const [{ filename, files, size, unpackedSize }] = JSON.parse(stdout);
  return { path: join(folder, filename), files: files.map(({ path }) => path), size, unpackedSize };
}

/** Copies a project from here and installs the package in it. Removed at the end of the test `t`. Returns its folder. */
export async function installed(t, project) {
  const folder = await mkdtemp(join(tmpdir(), `edgewarden-${project}-`));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await cp(fileURLToPath(new URL(project, import.meta.url)), folder, { recursive: true });
  await copyFile((await tarball()).path, join(folder, "edgewarden.tgz"));
  await npm(["install", "--offline", "--no-audit", "--no-fund", "--no-package-lock"], { cwd: folder });
  return folder;
}
