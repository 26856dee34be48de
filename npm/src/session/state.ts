/**
 * The rules of a session as a state machine: a state and an event in, the next state and what is to be done out.
 *
 * Pure: no clock, no network, no storage. What makes a 401 loop impossible is here and can be read and tested as one piece:
 *
 * - a token is renewed at most once (`refreshing` is left only for a newer token, a back-off, or the end);
 * - a call is made at most twice, and whatever refuses it the second time ends the session ({@link judge});
 * - a session that has ended stays ended, whatever arrives late ({@link step}).
 * @internal
 */
import type { SignOutReason } from "./errors.js";
import type { Grant } from "./grant.js";
import type { Action } from "./problem.js";

/** @internal */
export type State = SignedIn | SignedOut;

/** @internal */
export interface SignedIn {
  /** `signed_in`: the token serves. `refreshing`: a refresh is under way. `unavailable`: the token does not serve any more. */
  readonly phase: "signed_in" | "refreshing" | "unavailable";
  readonly grant: Grant;
  /** Whether the token still serves: it has neither been refused nor expired. */
  readonly usable: boolean;
  /** Refreshes that failed for a passing reason, in a row. After one, a timer runs, and nothing else starts the next. */
  readonly failures: number;
  /** How long the server asked to be left alone after the last of them, in milliseconds. */
  readonly retryAfter: number;
}

/** @internal */
export interface SignedOut {
  readonly phase: "signed_out";
  /** The session that ended, if there was one. */
  readonly session?: string | undefined;
  readonly reason: SignOutReason;
  readonly problem?: string | undefined;
  readonly grant?: undefined;
}

/** Where an event says what it comes `from`, it is about the refresh of that grant. @internal */
export type Event =
  /** Someone signed in, here; or a refresh brought a new pair. */
  | { readonly type: "granted"; readonly from?: Grant; readonly grant: Grant }
  /** Another tab signed in, or renewed the token. */
  | { readonly type: "shared"; readonly grant: Grant }
  /** A call found that the token has expired, or the API refused it and a newer one would help. */
  | { readonly type: "refused"; readonly grant: Grant }
  /** The timer: time to renew, or to try again. */
  | { readonly type: "due" }
  /** A refresh failed for a passing reason. */
  | { readonly type: "failed"; readonly from: Grant; readonly retryAfter: number }
  /** The session is over: this one, and no other. */
  | {
      readonly type: "ended";
      readonly from?: Grant;
      readonly session: string | undefined;
      readonly reason: SignOutReason;
      readonly problem?: string | undefined;
    };

/** What is to be done about the new state. @internal */
export type Effect =
  /** Exchange the refresh token, once across all tabs. */
  | "renew"
  /** Keep the grant where other tabs find it, and tell them. */
  | "share"
  /** Remove what is kept of the session, and tell the other tabs that it is over. */
  | "forget"
  /** Set the timer to shortly before the token expires. */
  | "plan"
  /** Set the timer to the back-off. */
  | "back_off"
  /** Tell the application, once, that nobody is signed in any more. */
  | "announce";

/** @internal */
export type Step = readonly [State, ...Effect[]];

/** The next state, and what is to be done, in order. @internal */
export function step(state: State, event: Event): Step {
  const { phase, grant } = state;
  const { type } = event;
  // The outcome of a refresh that was overtaken, by a sign-in, a sign-out or another tab, is of no use.
  if ("from" in event && (phase !== "refreshing" || event.from !== grant)) return [state];
  if (type === "granted") return [signedIn(event.grant), "share", "plan"];
  if (type === "shared") {
    if (grant ? isNewer(event.grant, grant) : event.grant.session !== state.session) return [signedIn(event.grant), "plan"];
    // A tab that had not heard yet has stored one more pair of the session that ended here.
    return grant ? [state] : [state, "forget"];
  }
  if (!grant) return [state];

  switch (type) {
    case "refused":
      if (event.grant !== grant) return [state];
      if (phase === "refreshing") return [{ ...state, usable: false }];
      // A back-off goes on: the server has asked for patience, and this is what it is for.
      if (state.failures) return [{ ...state, usable: false, phase: "unavailable" }];
      return [{ ...state, usable: false, phase: "refreshing" }, "renew"];
    case "due":
      return phase === "refreshing" ? [state] : [{ ...state, phase: "refreshing" }, "renew"];
    case "failed": {
      const phase = state.usable ? "signed_in" : "unavailable";
      return [{ ...state, phase, failures: state.failures + 1, retryAfter: event.retryAfter }, "back_off"];
    }
    case "ended": {
      const { session, reason, problem } = event;
      if (session !== grant.session) return [state];
      const next: SignedOut = { phase: "signed_out", session, reason, problem };
      return reason === "other_tab" ? [next, "announce"] : [next, "forget", "announce"];
    }
  }
}

/** One call of the session's `fetch`, at the moment its response is a 401. @internal */
export interface Call {
  /** The session it began in. */
  readonly session: string;
  /** What it was made with. */
  readonly grant: Grant;
  /** Whether this was the second time. */
  readonly replayed: boolean;
  /** Whether it had waited for a refresh, so that its token was brand-new. */
  readonly renewed: boolean;
}

/**
 * What a 401 means: give the response to the caller; go on, which is to renew the token if it is still the newest and to call
 * again, as far as the call's session is not over; or end the session, and why. No action, or one that is not known here, is
 * the same as `refresh`: it costs one request to find out.
 * @internal
 */
export function judge(
  state: State,
  { session, grant, replayed, renewed }: Call,
  action: Action | null | undefined,
): "return" | "go_on" | "still_refused" | "login_required" {
  // The 401 of a session that is over says nothing about the one that is there now.
  if (!isCurrent(state, session)) return "go_on";
  if (replayed) return "still_refused";
  // A wrong audience stays wrong after any number of refreshes and logins; a clock that is behind catches up by itself.
  if (action === "stop" || action === "retry") return "return";
  if (isNewer(state.grant, grant)) return "go_on";
  if (action === "login") return "login_required";
  return renewed ? "still_refused" : "go_on";
}

/**
 * Whether a call that began in `session` may go on. The empty session of cookie mode has no owner yet: any may follow it.
 * @internal
 */
export function isCurrent(state: State, session: string): state is SignedIn {
  return !!state.grant && (!session || session === state.grant.session);
}

/** Whether `a` should take the place of `b`. @internal */
export function isNewer(a: Grant, b: Grant): boolean {
  return a.session !== b.session || a.serial > b.serial;
}

/** Signed in with a grant that has nothing wrong with it. @internal */
export function signedIn(grant: Grant): SignedIn {
  return { phase: "signed_in", grant, usable: true, failures: 0, retryAfter: 0 };
}
