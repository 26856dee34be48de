// What every consumer is asked: the same token, keys and time, made fresh; and what the native tool answers to it.

import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { newKey, sign } from "../edge/tokens.mjs";
import { root, run } from "./consumer.mjs";

/** A good token of a fresh key; `changes` to its claims. */
export function question(changes = {}) {
  const now = Math.floor(Date.now() / 1000);
  const key = newKey(`k-${randomBytes(3).toString("hex")}`);
  const claims = { iss: "https://issuer.test", sub: "zoë", scope: "a b", iat: now - 10, exp: now + 600, ...changes };
  return { token: sign(key, claims), keys: { keys: [key] }, now, claims, kid: key.kid };
}

const tool = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug", "edgewarden");

/** Runs the native tool with `--format json`; resolves with its answer, whatever its exit status. */
async function native(args) {
  if (!existsSync(tool)) throw new Error("the native tool is not there: cargo build --features cli");
  const answer = await run(tool, ["--format", "json", ...args]).catch((error) => error);
  if (!answer.stdout) throw answer;
  return answer.stdout.trimEnd();
}

/** What the native tool says to a question, as text. */
export async function nativeAnswers({ token, keys, now }) {
  const folder = await mkdtemp(join(tmpdir(), "edgewarden-keys-"));
  try {
    const file = join(folder, "keys.json");
    await writeFile(file, JSON.stringify(keys), { mode: 0o600 });
    const [inspected, explained, verified] = await Promise.all([
      native(["inspect", "--now", String(now), "--", token]),
      native(["explain", "--now", String(now), "--access-keys", file, "--", token]),
      native(["verify", "--now", String(now), "--keys", file, "--", token]),
    ]);
    return { inspected, explained, verified: JSON.parse(verified) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Holds what a consumer answered against the native tool. */
export async function expectedOf(asked) {
  const { inspected, explained, verified } = await nativeAnswers(asked);
  return { inspected, explained, verdict: { ...verified, claims: verified.valid ? asked.claims : null } };
}
