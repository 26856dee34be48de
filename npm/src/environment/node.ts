/** Node: the module is a file beside this one, and is read when it is first needed. */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";

export function ownModule(): WebAssembly.Module {
  return new WebAssembly.Module(ownBytes(new URL("./edgewarden.wasm", import.meta.url)));
}

function ownBytes(file: URL): NonSharedBuffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const advice = "was the JavaScript bundled without it? Leave the package external, or call init() with the module's URL or bytes first";
    throw new Error(`edgewarden: ${file.href} cannot be read; ${advice}`, { cause });
  }
}

export async function fetchModule(address: string | URL): Promise<Response> {
  const url = new URL(address);
  return url.protocol === "file:" ? new Response(await readFile(url)) : fetch(url);
}
