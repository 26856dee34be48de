// The session client as a page gets it: one minified ES module.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const session = fileURLToPath(new URL("../../npm/src/session/", import.meta.url));

/** The minified text of the session client, or of one of its modules. */
export async function bundled(module = "index.ts") {
  const { outputFiles } = await build({
    entryPoints: [session + module],
    bundle: true,
    format: "esm",
    minify: true,
    write: false,
    logLevel: "error",
  });
  return outputFiles[0].text;
}

/** The exports of one of the client's modules, in this process. */
export async function imported(module) {
  return import("data:text/javascript;base64," + Buffer.from(await bundled(module)).toString("base64"));
}
