// What a build has left: whether it is still fresh, and what it weighs.

import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { root } from "../setup/places.mjs";

/** Whether all outputs are younger than everything they are made of: then there is nothing to do. */
export async function areNewer(outputs, inputs) {
  const made = await Promise.all(outputs.map((file) => stat(file).then(({ mtimeMs }) => mtimeMs, () => 0)));
  return Math.min(...made) > Math.max(...(await Promise.all(inputs.map(youngest))));
}

async function youngest(path) {
  const { mtimeMs } = await stat(path);
  if (!(await stat(path)).isDirectory()) return mtimeMs;
  const inside = (await readdir(path)).map((name) => youngest(join(path, name)));
  return Math.max(mtimeMs, ...(await Promise.all(inside)));
}

/** The size of each file, in bytes. */
export function sizesOf(files) {
  return Promise.all(files.map(async (file) => {
    const content = await readFile(file);
    return { file: file.slice(root.length + 1), bytes: content.length, gzip: gzipSync(content, { level: 9 }).length };
  }));
}
