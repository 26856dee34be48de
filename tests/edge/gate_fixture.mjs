// The gate as it is deployed, in workerd through Miniflare, in front of a recording origin.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Miniflare } from "miniflare";

import { startRecordingOrigin } from "./recording_origin.mjs";

const BUILD = new URL("../../build/", import.meta.url);

/** What the fixture's gate demands of tokens; see `claims` in tokens.mjs. */
export const POLICY = { issuer: "https://issuer.test", audience: "https://api.test" };

/** Everything that every gate of this process has written to its console. */
let written = "";

export function consoleOutput() {
  return written;
}

/** The Worker for the `workers` of a Miniflare, from the build. */
export async function gateWorker({ bindings, ...others } = {}) {
  const at = (name) => fileURLToPath(new URL(name, BUILD));
  return {
    name: "gate",
    modulesRoot: fileURLToPath(BUILD),
    modules: [
      { type: "ESModule", path: at("worker.js"), contents: await contents("worker.js") },
      { type: "CompiledWasm", path: at("edgewarden.wasm"), contents: await contents("edgewarden.wasm") },
    ],
    compatibilityDate: "2026-04-01",
    bindings,
    ...others,
  };
}

async function contents(name) {
  return readFile(new URL(name, BUILD)).catch(() => {
    throw new Error(`build/${name} is missing: run \`npm run build\` first`);
  });
}

/**
 * Starts a gate and its origin. `gate` is the table GATE (over POLICY), `secrets` and `vars` are further bindings.
 *
 * Returns `url`; `origin`, the recording one; `logs()`, the parsed lines of this gate; `get(path, token, init)`;
 * `update(settings)`, which restarts the gate with others; `dispose()`.
 */
export async function startGate(settings = {}) {
  const origin = await startRecordingOrigin();
  let output = "";
  const options = async ({ gate = {}, secrets = {}, vars = {}, ...others }) => ({
    host: "127.0.0.1",
    port: 0,
    handleRuntimeStdio(stdout, stderr) {
      for (const stream of [stdout, stderr]) {
        stream.setEncoding("utf8");
        stream.on("data", (chunk) => {
          output += chunk;
          written += chunk;
        });
      }
    },
    workers: [
      await gateWorker({
        bindings: defined({ ORIGIN: origin.url, GATE: gate && { ...POLICY, ...gate }, ...secrets, ...vars }),
        ...others,
      }),
    ],
  });
  const mf = new Miniflare(await options(settings));
  const fixture = {
    mf,
    origin,
    url: (await mf.ready).origin,
    logs: () => output.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line)),
    output: () => output,
    get: (path, token, init = {}) =>
      fetch(fixture.url + path, {
        redirect: "manual",
        ...init,
        headers: { ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }), ...init.headers },
      }),
    async update(changed) {
      await mf.setOptions(await options(changed));
      fixture.url = (await mf.ready).origin;
    },
    async dispose() {
      await mf.dispose();
      await origin.dispose();
    },
  };
  return fixture;
}

function defined(bindings) {
  return Object.fromEntries(Object.entries(bindings).filter(([, value]) => value !== undefined));
}
