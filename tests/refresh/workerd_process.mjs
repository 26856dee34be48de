// The gate in a workerd of its own, with its state on disk: to be killed in the middle of something and started again, and
// to look at what it leaves there.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { join } from "node:path";

const BUILD = new URL("../../build/", import.meta.url);

/** The path of the workerd that Miniflare drives. */
function workerd() {
  const { resolve } = createRequire(import.meta.url);
  return process.env.MINIFLARE_WORKERD_PATH ?? createRequire(resolve("miniflare"))("workerd").default;
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/**
 * Prepares a gate whose configuration and state are in `folder`. `bindings`: texts, and objects for what is JSON.
 *
 * Returns `url`; `state`, the folder with what its Durable Objects keep; `start()`, which resolves when it listens; `kill()`,
 * SIGKILL, which resolves when it is dead; `output()`.
 */
export async function gateProcess(folder, bindings) {
  const state = join(folder, "state");
  await mkdir(state, { recursive: true });
  for (const name of ["worker.js", "edgewarden.wasm"]) {
    await writeFile(join(folder, name), await readFile(new URL(name, BUILD)));
  }
  const port = await freePort();
  const file = join(folder, "gate.capnp");
  await writeFile(file, configuration(port, state, bindings));

  let child;
  let output = "";
  const gate = {
    url: `http://127.0.0.1:${port}`,
    state,
    output: () => output,
    async start() {
      const stdio = ["ignore", "pipe", "pipe", "pipe"];
      child = spawn(workerd(), ["serve", "--control-fd=3", file], { stdio });
      for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (chunk) => {
          output = (output + chunk).slice(-1_000_000);
        });
      }
      const ended = once(child, "exit").then(() => {
        throw new Error(`workerd ended: ${output}`);
      });
      await Promise.race([listening(child.stdio[3]), ended]);
      ended.catch(() => {});
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
  return gate;
}

/** workerd says on this pipe which sockets it listens on. */
async function listening(pipe) {
  let said = "";
  for await (const chunk of pipe) {
    said += chunk;
    if (said.includes('"event":"listen"')) return;
  }
  throw new Error("workerd does not listen");
}

/** All that is in the files below a folder: their paths and bytes. */
export async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  // A file may go away between being listed and being read.
  const files = await Promise.all(paths.map(async (path) => ({ path, bytes: await readFile(path).catch(() => Buffer.alloc(0)) })));
  return files;
}

function configuration(port, state, bindings) {
  const text = JSON.stringify;
  const binding = ([name, value]) =>
    typeof value === "string" ? `(name = ${text(name)}, text = ${text(value)})` : `(name = ${text(name)}, json = ${text(text(value))})`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "gate", worker = .gate),
    (name = "state", disk = (path = ${text(state)}, writable = true)),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "gate")],
);
const gate :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "edgewarden.wasm", wasm = embed "edgewarden.wasm"),
  ],
  compatibilityDate = "2026-04-01",
  bindings = [
    (name = "REFRESH_GATE", durableObjectNamespace = "RefreshGate"),
    ${Object.entries(bindings).map(binding).join(",\n    ")},
  ],
  durableObjectNamespaces = [(className = "RefreshGate", uniqueKey = "edgewarden-refresh-gate", enableSql = true)],
  durableObjectStorage = (localDisk = "state"),
);
`;
}
