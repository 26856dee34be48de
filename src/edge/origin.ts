// Whom the gate speaks to on its own account: the origin, and the objects of refresh tokens.

import type { RefreshGate } from "./refresh_gate";

export interface Environment {
  ORIGIN_SERVICE?: Fetcher;
  REFRESH_GATE?: DurableObjectNamespace<RefreshGate>;
}

/** A request as origin.rs spells it. */
export interface OriginRequest {
  url: string;
  /** Whether it goes through the service binding. */
  service: boolean;
  headers: [name: string, value: string][];
  body: string;
  /** How long callers wait for the answer, in milliseconds. */
  timeout: number;
}

/** Sends it once. Rejects when the origin cannot be reached, or has not ended its answer in time. */
export function sendToOrigin(env: Environment, request: OriginRequest, milliseconds: number): Promise<Response> {
  const init: RequestInit = {
    method: "POST",
    headers: request.headers,
    body: request.body,
    redirect: "manual",
    signal: AbortSignal.timeout(milliseconds),
  };
  return request.service ? (env.ORIGIN_SERVICE as Fetcher).fetch(request.url, init) : fetch(request.url, init);
}

/**
 * Tells the origin something that it may be told twice. Resolves with nothing when it took notice, or with why not, in a word.
 */
export async function tell(env: Environment, request: OriginRequest, last = false): Promise<string> {
  try {
    const { status } = await sendToOrigin(env, request, request.timeout);
    // RFC 7009 §2.2: an unknown token is answered with 200, too; another 4xx will not change by asking again.
    return status < 500 && status !== 429 ? "" : `status_${status}`;
  } catch (error) {
    if ((error as Error).name === "TimeoutError") return "timeout";
    // An idle connection that the origin closed at this moment looks like this, too.
    return last ? "unreachable" : tell(env, request, true);
  }
}

/** The object of a refresh token, by its name. */
export function gateOf(env: Environment, name: string) {
  const namespace = env.REFRESH_GATE as NonNullable<Environment["REFRESH_GATE"]>;
  return namespace.get(namespace.idFromName(name));
}
