// The stage: one process for the origin, and one for each contender, so that no other's garbage is collected on its
// account.

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { AUDIENCE, ISSUER } from "./tokens.mjs";
import { serve, writeConfig } from "./workerd.mjs";

/** Starts everyone, in a temporary folder that is removed in the end. Returns the actors. */
export async function setUpStage(contenders, issuer) {
  const folder = mkdtempSync(join(tmpdir(), "edgewarden-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const inFolder = (name) => {
    const path = join(folder, name);
    mkdirSync(path, { recursive: true });
    return path;
  };

  const script = readFileSync(new URL("../origin.js", import.meta.url));
  const origin = await serve(writeConfig(inFolder("origin"), [{ name: "origin", modules: { "worker.js": script } }]));
  const originAddress = `127.0.0.1:${origin.ports.origin}`;

  const actors = [];
  for (const { name, gate, verify } of contenders) {
    const config = writeConfig(inFolder(name), [
      ...(gate ? [{ name: "gate", modules: gate, bindings: bindings(issuer, "all") }] : []),
      ...(gate ? [{ name: "quiet-gate", modules: gate, bindings: bindings(issuer, "refusals") }] : []),
      ...(verify ? [{ name: "verify", modules: verify, bindings: bindings(issuer, "refusals") }] : []),
    ], originAddress);
    // What a cold start has to load: the gate alone.
    const alone = gate && writeConfig(
      inFolder(`${name}-alone`), [{ name: "gate", modules: gate, bindings: bindings(issuer, "all") }], originAddress,
    );
    actors.push({ name, alone, ...(await serve(config)) });
  }
  return actors;
}

/** The same for everyone, shaped as wrangler shapes `[vars]` and secrets. */
function bindings(issuer, log) {
  return {
    ORIGIN: "http://origin.example.com",
    GATE: { issuer: ISSUER, audience: AUDIENCE, log },
    ACCESS_KEYS: issuer.jwkSet,
  };
}
