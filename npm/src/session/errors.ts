/**
 * What a call of the session can reject with, besides what `fetch` itself rejects with.
 *
 * Tell them apart by `name`, as `fetch` does with `AbortError`: it holds where two copies of this module are in one page and
 * `instanceof` does not.
 * No error holds a token, a request or a response.
 */

/** Why a session ended. */
export type SignOutReason =
  /** `signOut()` was called, here. */
  | "sign_out"
  /** Another tab ended the session that this one shares. */
  | "other_tab"
  /** The API answered 401 with action `login`. */
  | "login_required"
  /** The API refused a token that had just been renewed: renewing again would only go round in circles. */
  | "still_refused"
  /** The refresh token was refused, or there is none. */
  | "refresh_refused"
  /** Nobody has signed in yet. */
  | "never_signed_in"
  /** The call belongs to a session that has been followed by another one: it is not made in the name of the next. */
  | "superseded";

/** Nobody is signed in. Nothing was sent, or what was sent showed that the session is over. */
export class SignedOutError extends Error {
  override readonly name = "SignedOutError";
  constructor(
    /** Why the session ended. */
    readonly reason: SignOutReason,
    /** The server's own word for it where it gave one, for example `token_revoked`. */
    readonly problem?: string,
  ) {
    super(`signed out: ${reason}`);
  }
}

/** The token has to be renewed first, and that is not possible just now. Nobody was signed out; the session goes on trying. */
export class TemporarilyUnavailableError extends Error {
  override readonly name = "TemporarilyUnavailableError";
  constructor(
    /** Seconds until the session tries again by itself. */
    readonly retryAfter: number,
  ) {
    super("the session cannot be renewed just now");
  }
}

/** The token was refused and the session is renewed, but this request's body was a stream and is gone: make the call again. */
export class NotReplayableError extends Error {
  override readonly name = "NotReplayableError";
  constructor() {
    super("the session was renewed, but a stream cannot be sent twice: call again");
  }
}
