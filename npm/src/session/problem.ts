/** What a response says about the session: the gate's problem members, or the header, or nothing. */

/** What to do next, by the gate's word. @internal */
export type Action = "refresh" | "login" | "retry" | "stop";

/** @internal */
export interface Problem {
  /** What the caller should do next, or null when the response does not say. */
  readonly action: Action | null;
  /** The verdict code, for people. */
  readonly code: string | undefined;
  /** Milliseconds to wait, 0 when the response does not say. */
  readonly retryAfter: number;
  /** The members of the JSON body; undefined when it is not JSON. */
  readonly body: Record<string, unknown> | undefined;
}

/** Reads a response without using it up. @internal */
export async function problemOf(response: Response): Promise<Problem> {
  const { headers } = response;
  let body;
  try {
    body = await response.clone().json();
  } catch {
    // Not JSON, or it broke off: the header and the status have to do.
  }
  return {
    action: body?.action ?? headers.get("X-Edgewarden-Action"),
    code: body?.code ?? body?.error,
    retryAfter: (body?.retry_after ?? headers.get("Retry-After")) * 1000 || 0,
    body,
  };
}
