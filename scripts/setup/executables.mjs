// Finding programs and asking them for their version.

import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

/** The path of the first program on PATH that has one of the names (an absolute path is looked at as it is). */
export function which(...names) {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  for (const name of names) {
    const candidates = isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name));
    const found = candidates.find(isExecutable);
    if (found) return found;
  }
  return undefined;
}

/** The first version number that `program --version` prints, or undefined when it does not run. */
export function versionOf(program) {
  return outputOf(program, ["--version"])?.match(/\d+\.\d+(\.\d+)*/)?.[0];
}

/** What a quick command prints, or undefined when it fails. */
export function outputOf(program, args, options = {}) {
  const result = spawnSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], ...options });
  return result.status === 0 ? result.stdout : undefined;
}

export function prependToPath(folder) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  if (folders[0] !== folder) process.env.PATH = [folder, ...folders.filter((one) => one !== folder)].join(delimiter);
}

/** Whether version `a` is at least `b`, number by number. */
export function atLeast(a, b) {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  for (let i = 0; i < right.length; i += 1) {
    if ((left[i] ?? 0) !== right[i]) return (left[i] ?? 0) > right[i];
  }
  return true;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
