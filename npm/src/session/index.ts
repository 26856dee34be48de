/**
 * `edgewarden/session`: a `fetch` that cannot fall into a 401 loop.
 *
 * @packageDocumentation
 */
export { createSession } from "./create_session.js";
export type {
  BearerOptions,
  BearerSession,
  CommonOptions,
  CookieOptions,
  CookieSession,
  Renewal,
  SessionState,
  SignedOutEvent,
} from "./contract.js";
export { NotReplayableError, SignedOutError, TemporarilyUnavailableError, type SignOutReason } from "./errors.js";
export type { TokenResponse } from "./grant.js";
export type { SessionStorage } from "./store.js";
