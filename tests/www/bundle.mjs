// Single modules of the element and the page, in this process.

import { build } from "esbuild";
import { join } from "node:path";

import { root } from "../../scripts/setup/places.mjs";

/** The exports of a module that needs no document. `file` is relative to the repository. */
export async function imported(file) {
  const { outputFiles } = await build({
    entryPoints: [join(root, file)],
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "error",
  });
  return import("data:text/javascript;base64," + Buffer.from(outputFiles[0].contents).toString("base64"));
}
