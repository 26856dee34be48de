// The gate's configuration in development: what the example origin issues, and how it refreshes.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { SetupError } from "../setup/setup_error.mjs";
import { originDir } from "./secrets.mjs";

/** The table GATE, as JSON: the gate takes it as a text, too. */
export function gateTable() {
  return JSON.stringify({
    issuer: originIdentity().iss,
    audience: originIdentity().aud,
    refresh: { url: "/refresh", revoke_url: "/revoke" },
    routes: [{ path: "/login", methods: ["POST"], access: "public" }],
  });
}

/** The claims by which the origin names itself and its audience. */
export function originIdentity() {
  return { iss: originVariable("ISSUER"), aud: originVariable("AUDIENCE") };
}

function originVariable(name) {
  const value = readFileSync(join(originDir, "wrangler.toml"), "utf8").match(new RegExp(`^${name}\\s*=\\s*"([^"]*)"`, "m"))?.[1];
  if (!value) throw new SetupError(`${name} is not in examples/origin/wrangler.toml.`, "put it into its [vars]");
  return value;
}
