// What is sent to the origin on the gate's own account: questions about refresh tokens.

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
