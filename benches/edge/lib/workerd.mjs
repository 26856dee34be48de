// The bare runtime: `workerd serve` with a generated configuration, so that a measured process is the runtime and
// nothing else.

import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url);

export const COMPATIBILITY_DATE = "2026-04-01";

/** The workerd executable itself; the package's own bin is a Node launcher when installed without scripts. */
export function workerdPath() {
  const from = createRequire(require.resolve("workerd/package.json"));
  const platform = { "linux x64": "linux-64", "linux arm64": "linux-arm64" }[`${process.platform} ${process.arch}`];
  if (!platform) throw new Error(`no process accounting on ${process.platform} ${process.arch}: Linux only`);
  return join(dirname(from.resolve(`@cloudflare/workerd-${platform}/package.json`)), "bin", "workerd");
}

/**
 * Writes `dir/config.capnp` and its modules. A worker is `{ name, modules, bindings }`: `modules` maps a module
 * name to its bytes (a name in `.wasm` is a WebAssembly module), the first being the entry point; a binding that is a
 * string becomes `text`, anything else `json`, as wrangler does with `[vars]`. Whatever a worker fetches goes to `origin`
 * (`host:port`).
 */
export function writeConfig(dir, workers, origin) {
  const services = [];
  const sockets = [];
  for (const worker of workers) {
    const modules = Object.entries(worker.modules).map(([name, bytes]) => {
      const file = join(dir, worker.name, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes);
      const kind = name.endsWith(".wasm") ? "wasm" : "esModule";
      return `(name = ${text(name)}, ${kind} = embed ${text(join(worker.name, name))})`;
    });
    const bindings = Object.entries(worker.bindings ?? {}).map(([name, value]) =>
      typeof value === "string"
        ? `(name = ${text(name)}, text = ${text(value)})`
        : `(name = ${text(name)}, json = ${text(JSON.stringify(value))})`,
    );
    services.push(`(name = ${text(worker.name)}, worker = (
      modules = [${modules.join(",\n        ")}],
      bindings = [${bindings.join(",\n        ")}],
      compatibilityDate = "${COMPATIBILITY_DATE}",
      ${origin ? `globalOutbound = "origin",` : ""}
    ))`);
    sockets.push(
      `(name = ${text(worker.name)}, address = "127.0.0.1:0", http = (), service = ${text(worker.name)})`,
    );
  }
  if (origin) services.push(`(name = "origin", external = (address = ${text(origin)}, http = ()))`);
  const file = join(dir, "config.capnp");
  writeFileSync(
    file,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ${services.join(",\n    ")}
  ],
  sockets = [
    ${sockets.join(",\n    ")}
  ],
);
`,
  );
  return file;
}

/**
 * Starts workerd on `config` and resolves once every worker listens, with `{ pid, ports, stop }`: `ports` by worker name.
 * Its console goes to the file `log`, or nowhere.
 */
export function serve(config, log = "/dev/null") {
  const out = openSync(log, "a");
  const child = spawn(workerdPath(), ["serve", "--control-fd=3", config], { stdio: ["ignore", out, "pipe", "pipe"] });
  closeSync(out);
  children.add(child);
  child.once("exit", () => children.delete(child));

  const ports = {};
  let expected = (readFileSync(config, "utf8").match(/http = \(\), service/g) ?? []).length;
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (complaints = (complaints + text).slice(-4000)));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`workerd ended with ${code} before it listened:\n${complaints}`)));
    createInterface({ input: child.stdio[3] }).on("line", (line) => {
      const { event, socket, port } = JSON.parse(line);
      if (event !== "listen") return;
      ports[socket] = port;
      expected -= 1;
      if (!expected) resolve({ pid: child.pid, ports, complaints: () => complaints, stop: () => stop(child) });
    });
  });
}

function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return undefined;
  return new Promise((resolve) => {
    child.once("exit", resolve);
    child.kill("SIGKILL");
  });
}

const children = new Set();

/** Stops whatever still runs. */
export function stopAll() {
  for (const child of children) child.kill("SIGKILL");
}

process.on("exit", stopAll);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

/** A capnp text literal: the escapes of JSON that occur here are also capnp's. */
function text(value) {
  return JSON.stringify(value);
}
