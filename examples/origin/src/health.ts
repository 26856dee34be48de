// GET /health: whether this server could log someone in now, and if not, why not, in codes without any value in them.

import { type Env, readConfiguration } from "./configuration.ts";
import { signingKey } from "./key_ring.ts";
import { describeError, log } from "./log.ts";
import { json } from "./responses.ts";

export async function health(request: Request, env: Env): Promise<Response> {
  const problems = [...(await configurationProblems(env)), ...(await databaseProblems(request, env))];
  return problems.length === 0 ? json(200, { status: "ok" }) : json(503, { status: "unavailable", problems });
}

async function configurationProblems(env: Env): Promise<string[]> {
  const configuration = await readConfiguration(env);
  if ("problems" in configuration) {
    return configuration.problems;
  }
  const now = Math.floor(Date.now() / 1000);
  const rings = [configuration.accessKeys, configuration.refreshKeys];
  return rings.every((ring) => signingKey(ring, now) !== undefined) ? [] : ["no_key_may_sign"];
}

async function databaseProblems(request: Request, env: Env): Promise<string[]> {
  try {
    await env.DB.prepare("SELECT 1 FROM users, refresh_tokens LIMIT 1").run();
    return [];
  } catch (error) {
    log("error", "database_unusable", { request, error: describeError(error) });
    return ["database_unusable"];
  }
}
