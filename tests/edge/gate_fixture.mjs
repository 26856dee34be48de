// The gate as it is deployed, in workerd through Miniflare, in front of a recording origin.
//
// Whoever imports this also gets, at the end of the file's tests, the check that nothing confidential has been shown:
// not in the console output of any gate, not in any answer that a gate gave itself.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Miniflare } from "miniflare";

import { confideClaims, leaks } from "./confidential.mjs";
import { exchange, requestText } from "./raw_http.mjs";
import { startRecordingOrigin } from "./recording_origin.mjs";

const BUILD = new URL("../../build/", import.meta.url);

/** What the fixture's gate demands of tokens; see `claims` in tokens.mjs. */
export const POLICY = { issuer: "https://issuer.test", audience: "https://api.test" };
confideClaims(POLICY);

/** Everything that every gate of this process has written to its console, and every answer of its own. */
const shown = { console: "", refusals: "", identities: "" };
const running = new Set();

after(async () => {
  for (const gates of [...running]) await gates.dispose();
  assertNothingShown();
});

/** Fails when a gate has shown what is confidential. */
export function assertNothingShown() {
  assert.deepEqual(leaks(shown.console), [], "the console shows something confidential");
  assert.deepEqual(leaks(shown.refusals), [], "an answer of the gate shows something confidential");
  // These tell the caller who it is.
  assert.deepEqual(leaks(shown.identities, ["secret", "token"]), [], "an answer shows a token or a secret");
}

/** How much there was to look through. */
export function amountShown() {
  return Object.fromEntries(Object.entries(shown).map(([where, text]) => [where, text.length]));
}

/** The place of a file of the build, or beside those. */
export function built(name) {
  return fileURLToPath(new URL(name, BUILD));
}

/** The Worker for the `workers` of a Miniflare, from the build. */
export async function gateWorker({ bindings, ...others } = {}) {
  return {
    name: "gate",
    modulesRoot: fileURLToPath(BUILD),
    modules: [
      { type: "ESModule", path: built("worker.js"), contents: await contents("worker.js") },
      { type: "CompiledWasm", path: built("edgewarden.wasm"), contents: await contents("edgewarden.wasm") },
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
 * Starts a gate and its origin. Settings: `gate` is the table GATE (over POLICY), `secrets` and `vars` are further bindings,
 * `workers` further Workers, `modules` further modules, of which the first is the entry point. workerd tidies a request's
 * target before the Worker sees it; with `untidied` it does not, and targets are absolute.
 *
 * Returns `url`; `origin`, the recording one; `logs()`, the parsed lines of this gate so far, and `output()`, all of it;
 * `decision(requestId)`, the line about one request; `get(path, token, init)`; `raw(target, request)` and
 * `rawText(text)`, see raw_http.mjs; `update(settings)`, which restarts the gate with others; `dispose()`, which the end
 * of the file does otherwise.
 */
export async function startGate(settings = {}) {
  const [gate] = await startGates([settings]);
  return gate;
}

/** Starts a gate for each of these settings, all in one workerd. They share the origin and the console. */
export async function startGates(list) {
  const origin = await startRecordingOrigin();
  let output = "";
  const handleRuntimeStdio = (...streams) => {
    for (const stream of streams) {
      stream.setEncoding("utf8");
      stream.on("data", (chunk) => {
        output += chunk;
        shown.console += chunk;
      });
    }
  };
  const options = async (all) => ({
    host: "127.0.0.1",
    port: 0,
    handleRuntimeStdio,
    workers: [
      ...(await Promise.all(all.map((settings, index) => workerOf(settings, `gate-${index}`, origin)))),
      ...all.flatMap(({ workers = [] }) => workers),
    ],
  });

  let mf;
  const all = { dispose };
  running.add(all);
  mf = new Miniflare(await options(list));
  return Promise.all(list.map((settings, index) => newGate(settings, `gate-${index}`)));

  async function dispose() {
    if (!running.delete(all)) return;
    await mf?.dispose();
    await origin.dispose();
  }

  async function newGate(settings, name) {
    let mount = mountOf(settings);
    const gate = {
      origin,
      url: await addressOf(mf, name),
      output: () => output,
      logs: () => output.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line)),
      decision: (requestId) =>
        eventually(`the log line about ${requestId}`, () =>
          gate.logs().find((line) => line.event === "decision" && line.request_id === requestId),
        ),
      async get(path, token, init = {}) {
        const headers = { ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }), ...init.headers };
        const response = await fetch(gate.url + path, { redirect: "manual", ...init, headers });
        if (isOwn(response, path, mount)) keep(response, await response.clone().text());
        return response;
      },
      async raw(target, request = {}) {
        const response = await exchange(gate.url, requestText(target, request));
        if (isOwn(response, target, mount)) keep(response, response.text);
        return response;
      },
      async rawText(text) {
        const response = await exchange(gate.url, text);
        if (isOwn(response)) keep(response, response.text);
        return response;
      },
      async update(changed) {
        await mf.setOptions(await options([changed]));
        mount = mountOf(changed);
        gate.url = await addressOf(mf, name);
      },
      dispose,
    };
    return gate;
  }
}

async function workerOf({ gate = {}, secrets = {}, vars = {}, modules = [], untidied, workers: _, ...others }, name, origin) {
  const bindings = { ORIGIN: origin.url, GATE: gate && { ...POLICY, ...gate }, ...secrets, ...vars };
  const worker = await gateWorker({ bindings: defined(bindings), ...others });
  return {
    ...worker,
    name,
    modules: [...modules, ...worker.modules],
    // Past Miniflare's own Worker, which stands in front of the first one otherwise.
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0, proxy: untidied === true }],
  };
}

async function addressOf(mf, name) {
  await mf.ready;
  return (await mf.unsafeGetDirectURL(name)).origin;
}

function mountOf({ gate }) {
  return gate?.mount ?? "/auth";
}

function defined(bindings) {
  return Object.fromEntries(Object.entries(bindings).filter(([, value]) => value !== undefined));
}

/** Whether the gate itself gave this answer. */
function isOwn(response, path = "", mount = "/") {
  return response.headers.has("x-edgewarden-action") || path === mount || path.startsWith(`${mount}/`);
}

function keep({ status, headers }, text) {
  const all = `${[...headers].map(([name, value]) => `${name}: ${value}`).join("\n")}\n\n${text}\n`;
  if (status < 300) shown.identities += all;
  else shown.refusals += all;
}

/** Waits until `look` finds something, and resolves with that. */
export async function eventually(what, look, milliseconds = 5_000) {
  for (const end = Date.now() + milliseconds; ; await sleep(10)) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${milliseconds} ms without ${what}`);
  }
}
