// The development secrets of the gate and of the origin, each in its own ignored `.dev.vars`.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { root, shown } from "../setup/places.mjs";
import { SetupError } from "../setup/setup_error.mjs";
import { readVar, writeVars } from "./dev_vars.mjs";
import { newRing, rotated } from "./key_ring.mjs";

export const originDir = join(root, "examples", "origin");
export const gateVars = join(root, ".dev.vars");
export const originVars = join(originDir, ".dev.vars");

const RINGS = [
  ["ACCESS_KEYS", "ACCESS_SECRET"],
  ["REFRESH_KEYS", "REFRESH_SECRET"],
];
const HEADING = "# Development only: random secrets, made by `npm start`. Ignored by git.\n";

/** Makes what is missing. A ring that one of the two files has already is copied into the other. */
export function ensureSecrets() {
  const missing = { [gateVars]: {}, [originVars]: {} };
  for (const [name, bare] of RINGS) {
    // Somebody tries out the bare secrets of an existing API, and a ring beside one would be an error.
    if (readVar(gateVars, bare) || readVar(originVars, bare)) continue;
    const atGate = readVar(gateVars, name);
    const atOrigin = readVar(originVars, name);
    if (atGate && atOrigin && atGate !== atOrigin) {
      throw new SetupError(
        `${name} is not the same in ${shown(gateVars)} and ${shown(originVars)}: ` +
          "the gate would refuse what the origin signs.",
        `give both the same ${name}, or delete both files to get fresh secrets`,
      );
    }
    const ring = atGate || atOrigin || JSON.stringify(newRing(seconds()));
    if (!atGate) missing[gateVars][name] = ring;
    if (!atOrigin) missing[originVars][name] = ring;
  }
  if (readVar(originVars, "DEV_FAULTS") === undefined) missing[originVars].DEV_FAULTS = "on";
  for (const [file, values] of Object.entries(missing)) {
    if (Object.keys(values).length === 0) continue;
    writeVars(file, values, { heading: HEADING });
    console.log(`Wrote ${Object.keys(values).join(", ")} into ${shown(file)} (random, for development only).`);
  }
}

/** The access ring after a rotation; nothing is written. */
export function rotatedAccessRing() {
  const current = readVar(gateVars, "ACCESS_KEYS");
  if (!current) throw new SetupError(`There is no ACCESS_KEYS in ${shown(gateVars)} yet.`, "npm start");
  let ring;
  try {
    ring = JSON.parse(current);
  } catch {
    // The parser's own message would quote from the secrets.
  }
  if (!Array.isArray(ring?.keys)) {
    throw new SetupError(`ACCESS_KEYS in ${shown(gateVars)} is not a JWK Set.`, "delete the line and run `npm start`");
  }
  return rotated(ring, { now: seconds(), accessTtl: accessTtl() });
}

/** For how long the origin's access tokens are good: what its own configuration says. */
function accessTtl() {
  const text = readFileSync(join(originDir, "wrangler.toml"), "utf8");
  const ttl = Number(readVar(originVars, "ACCESS_TTL") ?? text.match(/^ACCESS_TTL\s*=\s*"?(\d+)/m)?.[1]);
  if (!(ttl > 0)) throw new SetupError("ACCESS_TTL is not in examples/origin/wrangler.toml.", "put it into its [vars]");
  return ttl;
}

function seconds() {
  return Math.floor(Date.now() / 1000);
}
