// What the environment says, read and validated as one: either all of it is usable or the auth endpoints stay closed.
// Nothing that concerns a secret has a default. A server that invents one signs tokens which nobody else accepts,
// and looks as if it worked.

import { type KeyRing, readKeyRings } from "./key_ring.ts";

export interface Env {
  DB: D1Database;

  /** The claim `iss`. */
  ISSUER?: string;
  /** The claim `aud`. */
  AUDIENCE?: string;
  /** The claim `client_id` of access tokens; left out when unset. */
  CLIENT_ID?: string;
  /** Seconds; 900 when unset. */
  ACCESS_TTL?: string | number;
  /** Seconds; 30 days when unset. */
  REFRESH_TTL?: string | number;
  /** Seconds; 24 hours when unset. */
  IDEMPOTENCY_WINDOW?: string | number;

  /** A JWK Set as JSON, newest key first. */
  ACCESS_KEYS?: string;
  REFRESH_KEYS?: string;
  /** Or one bare HS256 secret, and the one before it while a rotation lasts. */
  ACCESS_SECRET?: string;
  ACCESS_SECRET_PREVIOUS?: string;
  REFRESH_SECRET?: string;
  REFRESH_SECRET_PREVIOUS?: string;

  /** "on" opens /dev/*. For development only. */
  DEV_FAULTS?: string;
}

export interface Configuration {
  issuer: string;
  audience: string;
  clientId: string | undefined;
  /** Seconds. */
  accessTtl: number;
  refreshTtl: number;
  idempotencyWindow: number;
  accessKeys: KeyRing;
  refreshKeys: KeyRing;
}

/** What is wrong, as stable codes without any value in them: all of it at once, not the first that was found. */
export interface ConfigurationProblems {
  problems: string[];
}

const YEAR = 365 * 86_400;

// Importing keys on every request would cost more than everything else /refresh computes. Only the finished value is
// kept: a promise that one request waits for must not be awaited by another in this runtime.
let cached: { source: string; value: Configuration | ConfigurationProblems } | undefined;

export async function readConfiguration(env: Env): Promise<Configuration | ConfigurationProblems> {
  const source = JSON.stringify([
    env.ISSUER,
    env.AUDIENCE,
    env.CLIENT_ID,
    env.ACCESS_TTL,
    env.REFRESH_TTL,
    env.IDEMPOTENCY_WINDOW,
    env.ACCESS_KEYS,
    env.ACCESS_SECRET,
    env.ACCESS_SECRET_PREVIOUS,
    env.REFRESH_KEYS,
    env.REFRESH_SECRET,
    env.REFRESH_SECRET_PREVIOUS,
  ]);
  if (cached?.source !== source) {
    cached = { source, value: await validate(env) };
  }
  return cached.value;
}

async function validate(env: Env): Promise<Configuration | ConfigurationProblems> {
  const problems: string[] = [];
  const text = (name: "ISSUER" | "AUDIENCE"): string => {
    if (!env[name]) {
      problems.push(`${name.toLowerCase()}_missing`);
    }
    return env[name] ?? "";
  };
  type Span = "ACCESS_TTL" | "REFRESH_TTL" | "IDEMPOTENCY_WINDOW";
  const seconds = (name: Span, otherwise: number, least: number): number => {
    const given = env[name];
    const value = given === undefined || given === "" ? otherwise : Number(given);
    if (!Number.isInteger(value) || value < least || value > 10 * YEAR) {
      problems.push(`${name.toLowerCase()}_invalid`);
    }
    return value;
  };

  const configuration = {
    issuer: text("ISSUER"),
    audience: text("AUDIENCE"),
    clientId: env.CLIENT_ID || undefined,
    accessTtl: seconds("ACCESS_TTL", 900, 1),
    refreshTtl: seconds("REFRESH_TTL", 30 * 86_400, 1),
    idempotencyWindow: seconds("IDEMPOTENCY_WINDOW", 86_400, 0),
  };
  const rings = await readKeyRings(env);
  problems.push(...rings.problems);
  return problems.length > 0
    ? { problems }
    : { ...configuration, accessKeys: rings.access, refreshKeys: rings.refresh };
}
