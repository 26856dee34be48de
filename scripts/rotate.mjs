// `npm run rotate`: a fresh access key in development, while everything runs and nobody is signed out.
//
// The order is the one of a rotation in production: first whoever verifies learns the new key, then the issuer signs
// with it. The other way round, the first tokens under the new key would be refused.

import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { writeVars } from "./dev/dev_vars.mjs";
import { readDevUser } from "./dev/dev_user.mjs";
import { originIdentity } from "./dev/gate_table.mjs";
import { DEFAULT_PORT, portFrom } from "./dev/ports.mjs";
import { gateVars, originVars, rotatedAccessRing } from "./dev/secrets.mjs";
import { shown } from "./setup/places.mjs";
import { runScript, SetupError } from "./setup/setup_error.mjs";

const HELP = `npm run rotate

Puts a fresh key in front of ACCESS_KEYS in ${shown(gateVars)} and ${shown(originVars)}. The key that signed
until now verifies for as long as a token that it signed can be good. Where \`npm start\` is running (on PORT,
default ${DEFAULT_PORT}), it waits until the gate verifies with the new key and the origin signs with it.`;

const WITHIN_MS = 20_000;

async function main() {
  if (process.argv.includes("--help")) return void console.log(HELP);
  const gate = `http://127.0.0.1:${portFrom("PORT", DEFAULT_PORT)}`;
  const ring = rotatedAccessRing();
  const [fresh, previous] = ring.keys;
  const text = JSON.stringify(ring);
  const running = (await ask(`${gate}/auth/health`)) !== undefined;

  writeVars(gateVars, { ACCESS_KEYS: text });
  const learnt = !running || (await within(() => verifies(gate, fresh)));
  // In any case: the two files must not be left with different rings.
  writeVars(originVars, { ACCESS_KEYS: text });
  const user = readDevUser();
  const used = !running || !user || (await within(() => signs(gate, fresh, user)));
  if (!learnt || !used) {
    throw new SetupError(
      `Both files hold ${fresh.kid}, but after ${WITHIN_MS / 1000} s ` +
        (learnt ? "the origin does not sign with it." : `the gate at ${gate} does not verify with it.`),
      "restart `npm start`, which reads the keys afresh",
    );
  }

  console.log(`${fresh.kid} signs from now on.`);
  if (previous) console.log(`${previous.kid} verifies until ${new Date(previous.exp * 1000).toISOString()}.`);
  if (!running) console.log(`Nothing answers at ${gate}: both keys are used from the next \`npm start\` on.`);
}

/** Whether the gate gets past the key, asked with a token that says nothing else. */
async function verifies(gate, key) {
  const now = Math.floor(Date.now() / 1000);
  const answer = await ask(`${gate}/auth/session`, {
    headers: { Authorization: `Bearer ${signed({ ...originIdentity(), iat: now, exp: now + 60 }, key)}` },
  });
  const unknown = ["key_not_found", "signature_mismatch", "configuration_invalid"];
  return answer !== undefined && answer.status < 500 && !unknown.includes(answer.json?.code);
}

/** Whether a login is answered with a token under the key. */
async function signs(gate, key, user) {
  const answer = await ask(`${gate}/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(user),
  });
  const header = answer?.json?.access_token?.split(".")[0];
  return header !== undefined && JSON.parse(Buffer.from(header, "base64url")).kid === key.kid;
}

function signed(claims, key) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const input = `${part({ alg: key.alg, typ: "at+jwt", kid: key.kid })}.${part(claims)}`;
  return `${input}.${createHmac("sha256", Buffer.from(key.k, "base64url")).update(input).digest("base64url")}`;
}

async function within(condition) {
  const deadline = Date.now() + WITHIN_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) return false;
    await sleep(300);
  }
  return true;
}

/** `{ status, json }`, or undefined where nothing answers. */
async function ask(url, options = {}) {
  try {
    const response = await fetch(url, { ...options, signal: AbortSignal.timeout(5_000) });
    const text = await response.text();
    return { status: response.status, json: text.startsWith("{") ? JSON.parse(text) : undefined };
  } catch {
    return undefined;
  }
}

await runScript(main);
