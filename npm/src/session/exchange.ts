/** One refresh token for a new pair: the request, and what its answer means. */
import type { TokenResponse } from "./grant.js";
import { problemOf } from "./problem.js";

/** New tokens; or milliseconds to wait after a failure that passes; or neither: refused for good. @internal */
export interface Outcome {
  readonly tokens?: Partial<TokenResponse>;
  readonly retryAfter?: number;
  readonly problem?: string | undefined;
}

/**
 * What a refresh came to. Only a definite no is a no: whatever else goes wrong (network, proxies, captive portals, a server
 * that is busy or broken) passes, and signs nobody out. `null` is a definite no without a word.
 * @internal
 */
export async function outcomeOf(answer: Response | TokenResponse | null): Promise<Outcome> {
  if (!answer) return {};
  if (!isResponse(answer)) return { tokens: answer };
  const { action, code, retryAfter, body } = await problemOf(answer);
  if (answer.ok) {
    if (body || answer.status === 204) return { tokens: body ?? {} };
  } else if (action === "login" || (action !== "retry" && isRefusal(answer, body?.["error"]))) {
    return { problem: code };
  }
  return { retryAfter };
}

/** Also one of another `fetch` than the global one, or of another frame. @internal */
export function isResponse(answer: Response | TokenResponse | null): answer is Response {
  return !!answer?.clone;
}

/** A server that gives no `action`: RFC 6749 §5.2, and what is common in its place. A page of HTML is a proxy's, not the server's. */
function isRefusal({ status, headers }: Response, error: unknown): boolean {
  return (
    [400, 401, 403].includes(status) &&
    !/html/.test(headers.get("Content-Type")!) &&
    !/temporarily|server_error|slow_down/.test(error as string)
  );
}
