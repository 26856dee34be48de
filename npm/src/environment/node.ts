/** Node: the module is a file beside this one, and is read when it is first needed. */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";

export function ownModule(): WebAssembly.Module {
  const file = new URL("./edgewarden.wasm", import.meta.url);
  try {
    return new WebAssembly.Module(readFileSync(file));
  } catch (cause) {
    const place = "edgewarden.wasm could not be read from beside edgewarden's JavaScript (was that bundled without it?)";
    throw new Error(`edgewarden: ${place}; call init() with its bytes or its URL first`, { cause });
  }
}

export async function fetchModule(address: string | URL): Promise<Response> {
  const url = new URL(address);
  return url.protocol === "file:" ? new Response(await readFile(url)) : fetch(url);
}
