/** What someone who is signed in holds, made from a token response. */
import type { ServerClock } from "./clock.js";

/** A successful token response, RFC 6749 §5.1. */
export interface TokenResponse {
  /** The access token: a JWT, or any other bearer token. */
  access_token: string;
  /** `Bearer`, in any case. */
  token_type: string;
  /** The access token's lifetime in seconds, from when the response was made. */
  expires_in?: number;
  /** The refresh token. Absent in the answer to a refresh: the one in use stays. */
  refresh_token?: string;
  /** The scope, where it is not what was asked for. */
  scope?: string;
  [extension: string]: unknown;
}

/** One token pair, and how long it lasts. In cookie mode there are no tokens in it. @internal */
export interface Grant {
  /** The same from sign-in to sign-out. Empty in cookie mode while only the browser knows whether anyone is signed in. */
  readonly session: string;
  /** Which pair of the session it is: every renewal counts one up. */
  readonly serial: number;
  readonly accessToken?: string | undefined;
  readonly refreshToken?: string | undefined;
  /** Lifetime when new, in milliseconds. */
  readonly lifetime?: number | undefined;
  /** When it expires, by the page's monotonic clock. */
  readonly until?: number | undefined;
  /** When it expires, by the server's clock, in milliseconds since 1970: for tokens that tell nothing else. */
  readonly exp?: number | undefined;
}

/**
 * The grant for tokens that have just arrived: the next one of `previous`'s session, or the first of a new session.
 * Undefined when there is no bearer token in the response. In cookie mode there need be none, and none is kept.
 * @internal
 */
export function grantOf(
  tokens: Partial<TokenResponse>,
  previous: Grant | undefined,
  cookie: boolean,
  clock: ServerClock,
): Grant | undefined {
  const { access_token: accessToken, token_type = "bearer", expires_in, refresh_token } = tokens;
  if (!cookie && !(isBearerToken(accessToken) && /^bearer$/i.test(token_type))) return undefined;
  const [exp, iat] = timesOf(accessToken!);
  // `expires_in` and `exp - iat` need no clock at all, so they come before `exp`. A life of zero or less is none: such a
  // token is used until it is refused.
  const lifetime = positive(expires_in! * 1000) ?? positive(exp! - iat!);
  return {
    session: previous?.session || Math.random().toString(36),
    serial: (previous?.serial ?? 0) + 1,
    ...(!cookie && { accessToken, refreshToken: refresh_token || previous?.refreshToken }),
    lifetime,
    until: lifetime && clock.elapsed() + lifetime,
    exp: exp! <= clock.now() ? undefined : exp,
  };
}

/** Milliseconds until it expires; `NaN` when that is not known. @internal */
export function remainingOf({ until, exp }: Grant, clock: ServerClock): number {
  return until ? until - clock.elapsed() : exp! - clock.now();
}

/**
 * `b64token` of RFC 6750 §2.1. Nothing else may become a header: the platform's own error for a header that is none quotes it.
 * @internal
 */
export function isBearerToken(value: unknown): value is string {
  return typeof value === "string" && /^[\w.~+/-]+=*$/.test(value);
}

/** `exp` and `iat` of a JWT, in milliseconds. Only a hint: nothing is verified here, and a token need not be a JWT. */
function timesOf(token: string): (number | undefined)[] {
  try {
    const { exp, iat } = JSON.parse(atob(token.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/")));
    return [positive(exp * 1000), positive(iat * 1000)];
  } catch {
    return [];
  }
}

function positive(value: number): number | undefined {
  return value > 0 && value < Infinity ? value : undefined;
}
