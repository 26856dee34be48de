/** The public shapes of the session client. */
import type { NotReplayableError, SignedOutError, SignOutReason, TemporarilyUnavailableError } from "./errors.js";
import type { TokenResponse } from "./grant.js";
import type { SessionStorage } from "./store.js";

/** Options of both modes. All times are in seconds, as in a token response. */
export interface CommonOptions {
  /**
   * Where your API is: URLs or paths at and below which requests get the token and their 401 is acted on. `/api` covers
   * `/api` and `/api/x`, not `/apiary`. Requests to anywhere else go out as they are, without a token.
   * Default: the origin of `refreshUrl`, or of the page when there is only `refresh`.
   *
   * On a redirect to another origin browsers drop the token; for one that does not, call with `redirect: "error"`. An API on
   * another origin than the page does well to expose the headers `Date`, `Retry-After` and `X-Edgewarden-Action`.
   */
  api?: string | URL | readonly (string | URL)[];
  /**
   * The login page. When the session ends, every tab goes there after `onSignedOut` (unless it is there already).
   * Without it, `onSignedOut` is the place to show your own.
   */
  loginUrl?: string | URL;
  /** Told by `signOut()` with a POST that the session is over, for example `/auth/logout`. */
  signOutUrl?: string | URL;
  /** Called once in every tab when the session ends, for whatever reason. */
  onSignedOut?: (event: SignedOutEvent) => void;
  /** The name that the tabs of this session share, for storage, locks and messages. Default `edgewarden`. */
  name?: string;
  /** How long before its end a token is renewed, at most a quarter of its life. Default 60; 0: only when a call needs it. */
  leadTime?: number;
  /** How long one refresh may take, waiting for another tab included. Default 15. */
  refreshTimeout?: number;
  /**
   * The wait after a refresh that failed for a passing reason, default 1. It doubles with every further failure, up to sixty
   * times as much, and is never shorter than the server asks for.
   */
  backOff?: number;
  /** What to make of a 401 that does not say what to do (a server without the gate). Default `refresh`: renew once, replay once. */
  unlabelled?: "refresh" | "login" | "stop";
  /** Used in place of the global `fetch`. Calls to `api` reach it as a `Request`. */
  fetch?: typeof globalThis.fetch;
}

/** How a token is renewed: at a URL, or by a function of your own. */
export type Renewal =
  | {
      /** Asked with `POST`, as in RFC 6749 §6: the gate's `/auth/refresh`, or any token endpoint that needs no client secret. */
      refreshUrl: string | URL;
      refresh?: never;
    }
  | {
      /**
       * Renews by other means. Resolve to the response as it came, or to the new tokens, or to `null` when the refresh token
       * was definitely refused (this signs out). Whatever it throws is taken for a passing failure.
       */
      refresh: (refreshToken: string | undefined, signal: AbortSignal) => Promise<Response | TokenResponse | null>;
      refreshUrl?: never;
    };

/** The page holds the tokens and sends `Authorization: Bearer`. */
export type BearerOptions = CommonOptions &
  Renewal & {
    mode?: "bearer";
    /**
     * Shares the session between tabs and keeps it over reloads: `localStorage`, or anything like it. Default: memory, this
     * tab only. See {@link SessionStorage} for what an injected script can do with it.
     */
    storage?: SessionStorage;
    /** Called in the tab that renewed the tokens, with the server's response. */
    onTokens?: (tokens: TokenResponse) => void;
  };

/** The tokens are in `HttpOnly` cookies that the page never sees. Recommended for dashboards. */
export type CookieOptions = CommonOptions &
  Renewal & {
    mode: "cookie";
    /** Where the tabs leave one another a note of the last refresh; there is no secret in it. Default: `localStorage`. */
    storage?: SessionStorage;
  };

/** The end of a session. */
export interface SignedOutEvent {
  readonly reason: SignOutReason;
  /** The server's own word for it, where it gave one. */
  readonly problem: string | undefined;
}

/**
 * `signed_in`: calls go out. `refreshing`: calls wait. `unavailable`: calls reject until the session has renewed itself.
 * `signed_out`: calls reject until someone signs in. In cookie mode a page cannot know, and begins as `signed_in`.
 */
export type SessionState = "signed_in" | "refreshing" | "unavailable" | "signed_out";

/** A session whose tokens the page never sees. */
export interface CookieSession {
  /**
   * `fetch` with the rules built in. May be passed around on its own.
   *
   * Rejects with {@link SignedOutError} when nobody is signed in, without touching the network; with
   * {@link TemporarilyUnavailableError} when the token has to be renewed and cannot be just now; with
   * {@link NotReplayableError} when the session was renewed and this request could not be made again. A 401 with action
   * `stop` or `retry` is returned like any other response: it says that this request is wrong, not the session.
   *
   * Any other 401 leads to one refresh and one replay; a 401 to the replay ends the session, whatever it says. `Authorization`
   * is the session's: one that the caller sets on a request to `api` is replaced. The body must be the kind that can be sent
   * twice (all but a stream and a `Request` that has one) for a replay to be possible.
   */
  readonly fetch: (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;
  /** Begins a session, once the server has set its cookies. With `expires_in`, it is renewed ahead of time. */
  signIn(tokens?: Partial<TokenResponse>): void;
  /** Ends the session in all tabs, at once. Resolves to whether the server knows: false when `signOutUrl` could not be reached. */
  signOut(): Promise<boolean>;
  readonly state: SessionState;
  /** Calls `listener` on every change of `state`, until the returned function is called. */
  subscribe(listener: (state: SessionState) => void): () => void;
  /** Stops timers and listeners. Signs nobody out. The session is not to be used after. */
  dispose(): void;
}

/** A session whose tokens the page holds. */
export interface BearerSession extends CookieSession {
  /** Begins a session with what the token endpoint answered. Throws a `TypeError` when there is no bearer token in it. */
  signIn(tokens: TokenResponse): void;
  /** A token that has not expired, for what is not a `fetch` (a WebSocket, say). Rejects as `fetch` does. Do not keep it. */
  accessToken(options?: { signal?: AbortSignal }): Promise<string>;
}
