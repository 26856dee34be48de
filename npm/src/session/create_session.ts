/**
 * The session client: carries out what the rules in `state.ts` decide.
 *
 * All that is asynchronous, timed or shared is here; every decision is there.
 */
import { serverClock } from "./clock.js";
import type { BearerOptions, BearerSession, CookieOptions, CookieSession, SessionState } from "./contract.js";
import { backOffDelay, renewalDelay } from "./delays.js";
import { NotReplayableError, SignedOutError, TemporarilyUnavailableError } from "./errors.js";
import { isResponse, outcomeOf, type Outcome } from "./exchange.js";
import { grantOf, remainingOf, type Grant, type TokenResponse } from "./grant.js";
import { problemOf } from "./problem.js";
import { absolute, reachOf } from "./reach.js";
import { isReplayable } from "./replayable.js";
import { isCurrent, judge, signedIn, step, type Effect, type Event, type State } from "./state.js";
import { storeIn } from "./store.js";
import { joinTabs } from "./tabs.js";

/**
 * Creates the session of this page. One per page is enough; pages of one origin with the same `name` and `storage` share it.
 *
 * @example
 * const session = createSession({ refreshUrl: "/auth/refresh", onSignedOut: showLogin });
 * session.signIn(await (await fetch("/login", { method: "POST", body })).json());
 * const orders = await session.fetch("/api/orders");
 */
export function createSession(options: BearerOptions): BearerSession;
export function createSession(options: CookieOptions): CookieSession;
export function createSession(options: BearerOptions | CookieOptions): BearerSession {
  const { refresh, refreshUrl, fetch, name = "edgewarden", loginUrl, signOutUrl } = options;
  const cookie = options.mode === "cookie";
  if (!refresh && !refreshUrl) throw new TypeError("refreshUrl or refresh is needed");

  const inReach = reachOf([options.api ?? new URL("/", absolute(refreshUrl ?? ""))].flat());
  const clock = serverClock();
  const store = storeIn(() => options.storage ?? (cookie ? localStorage : undefined), name, cookie, clock);
  const tabs = cookie || options.storage ? joinTabs(name, hear) : undefined;
  const listeners = new Set<(state: SessionState) => void>();
  let disposed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wakeAt = 0;
  /** The refresh that is under way, and how to end the wait for it. */
  let renewal: Promise<void> | undefined;
  let attempt: AbortController | undefined;

  const kept = store.read() ?? (cookie ? { session: "", serial: 0 } : undefined);
  let state: State = kept ? signedIn(kept) : { phase: "signed_out", reason: "never_signed_in" };
  plan();

  return {
    fetch: fetchInSession,
    signIn(tokens: Partial<TokenResponse> = {}) {
      const grant = grantOf(tokens, undefined, cookie, clock);
      if (!grant) throw new TypeError("signIn needs a bearer access_token");
      dispatch({ type: "granted", grant });
    },
    async signOut() {
      const { grant } = state;
      if (!grant) return true;
      dispatch({ type: "ended", session: grant.session, reason: "sign_out" });
      const token = grant.refreshToken ?? "";
      try {
        // The page may be on its way to the login page by now, so: `keepalive`.
        return !signOutUrl || (await post(signOutUrl, { refresh_token: token, token }, { keepalive: true }, grant)).ok;
      } catch {
        return false;
      }
    },
    get state() {
      return state.phase;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async accessToken({ signal } = {}) {
      return (await admit(begin(), signal)).grant.accessToken!;
    },
    dispose() {
      disposed = true;
      clearTimeout(timer);
      listeners.clear();
      tabs?.leave();
      attempt?.abort();
    },
  };

  async function fetchInSession(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const session = begin();
    if (!inReach(typeof input === "object" && "url" in input ? input.url : absolute(input))) return send(input, init);

    const replayable = isReplayable(input, init);
    // Made now, so that what the caller does to a buffer or a form after this call is not what a replay sends.
    const request = new Request(input, cookie ? { ...init, credentials: "include" } : init);
    const { signal } = request;
    let { grant, renewed } = await admit(session, signal);

    for (let replayed = false; ; replayed = true) {
      const response = await send(authorised(replayed || !replayable ? request : request.clone(), grant));
      observe(response);
      // Where a redirect has led out of the API, the token was not sent, and a 401 has nothing to do with it.
      if (response.status !== 401 || (response.redirected && !inReach(response.url))) return response;

      const { action, code: problem } = await problemOf(response);
      signal.throwIfAborted();
      const verdict = judge(state, { session, grant, replayed, renewed }, action ?? options.unlabelled);
      if (verdict === "return") return response;
      if (verdict === "go_on") dispatch({ type: "refused", grant });
      else dispatch({ type: "ended", session: begin(), reason: verdict, problem });
      ({ grant, renewed } = await admit(session, signal));
      if (!replayable) throw new NotReplayableError();
    }
  }

  /** The session in which a call begins. */
  function begin(): string {
    if (!state.grant) throw new SignedOutError(state.reason, state.problem);
    return state.grant.session;
  }

  /** What a call may be made with, after waiting for a refresh that is under way or due. Throws when it may not be made. */
  async function admit(session: string, signal: AbortSignal | undefined): Promise<{ grant: Grant; renewed: boolean }> {
    let first: Grant | undefined;
    for (let turn = 0; ; turn++) {
      begin();
      if (!isCurrent(state, session)) throw new SignedOutError("superseded");
      const { grant } = state;
      // The second turn is for what another tab got and nobody used until it had expired, too.
      if (turn < 2 && canRenew(grant) && remainingOf(grant, clock) <= 0) dispatch({ type: "refused", grant });
      first ??= grant;
      if (state.phase === "refreshing") await unlessAborted(renewal!, signal);
      else if (state.phase === "signed_in") return { grant, renewed: grant !== first };
      else throw new TemporarilyUnavailableError(Math.ceil(Math.max(0, wakeAt - clock.elapsed()) / 1000));
    }
  }

  function dispatch(event: Event): void {
    const before = state;
    const [next, ...effects] = step(before, event);
    state = next;
    effects.forEach(perform);
    // Whoever stands in line for the lock of a token that is not the newest any more may leave.
    if (before.phase === "refreshing" && next.phase !== "refreshing") attempt?.abort();
    if (before.phase !== next.phase) listeners.forEach((listener) => queueMicrotask(() => listener(next.phase)));
  }

  function perform(effect: Effect): void {
    clearTimeout(timer);
    if (!state.grant) {
      const { session, reason, problem } = state;
      if (effect === "forget") {
        store.forget(session!);
        tabs?.tell(session);
      } else {
        queueMicrotask(() => options.onSignedOut?.({ reason, problem }));
        queueMicrotask(goToLogin);
      }
    } else if (effect === "renew") {
      renewal = renew(state.grant);
    } else if (effect === "share") {
      store.write(state.grant);
      tabs?.tell();
    } else if (effect === "plan") {
      plan();
    } else {
      wakeIn(backOffDelay(state.failures, state.retryAfter, (options.backOff ?? 1) * 1000));
    }
  }

  function plan(): void {
    if (state.phase !== "signed_in" || state.failures || !canRenew(state.grant)) return;
    const remaining = remainingOf(state.grant, clock);
    wakeIn(renewalDelay(remaining, state.grant.lifetime ?? remaining, (options.leadTime ?? 60) * 1000));
  }

  /** Sets the one timer. A wait longer than `setTimeout` knows would be none at all. */
  function wakeIn(delay: number): void {
    if (!(delay >= 0) || disposed) return;
    wakeAt = clock.elapsed() + delay;
    timer = setTimeout(() => dispatch({ type: "due" }), Math.min(delay, 2 ** 31 - 1));
    // Node would stay alive for it.
    (timer as { unref?: () => void }).unref?.();
  }

  async function renew(from: Grant): Promise<void> {
    const controller = (attempt = new AbortController());
    const { signal } = controller;
    const tooLong = setTimeout(() => controller.abort(), (options.refreshTimeout ?? 15) * 1000);
    // Not before the event that led here has been dealt with.
    await undefined;
    const work = () => exchange(from, signal);
    await (tabs ? tabs.exclusively(`${from.session}:${from.serial}`, signal, work) : work());
    clearTimeout(tooLong);
  }

  /** Exchanges the refresh token, or takes what another tab has got for it. Tells whether it was exchanged here. */
  async function exchange(from: Grant, signal: AbortSignal): Promise<boolean> {
    // Whatever is thrown on the way is a passing failure.
    let outcome: Outcome = { retryAfter: 0 };
    try {
      if (isOvertaken(from)) return false;
      signal.throwIfAborted();
      outcome = canRenew(from) ? await unlessAborted(ask(from, signal), signal) : { problem: "refresh_token_missing" };
    } catch {}
    const { tokens, retryAfter = 0, problem } = outcome;
    const grant = tokens && grantOf(tokens, from, cookie, clock);
    if (grant) {
      dispatch({ type: "granted", from, grant });
      if (state.grant === grant && options.mode !== "cookie") queueMicrotask(() => options.onTokens?.(tokens as TokenResponse));
    } else if (tokens || "retryAfter" in outcome) {
      dispatch({ type: "failed", from, retryAfter });
    } else if (!isOvertaken(from)) {
      // (Where there are no locks, a refusal may mean that another tab was faster.)
      dispatch({ type: "ended", from, session: from.session, reason: "refresh_refused", problem });
    }
    return !!grant;
  }

  async function ask({ refreshToken }: Grant, signal: AbortSignal) {
    const answer = refresh
      ? await refresh(refreshToken, signal)
      : await post(refreshUrl!, { grant_type: "refresh_token", refresh_token: refreshToken! }, { signal });
    if (isResponse(answer)) observe(answer);
    return outcomeOf(answer);
  }

  /** A POST of the session's own. It follows no redirect: a 307 would take the refresh token along, to wherever it points. */
  function post(url: string | URL, form: Record<string, string>, init: RequestInit, grant?: Grant): Promise<Response> {
    const mode: RequestInit = cookie ? { credentials: "include" } : { body: new URLSearchParams(form) };
    return send(authorised(new Request(url, { method: "POST", redirect: "manual", ...mode, ...init }), grant));
  }

  function authorised(request: Request, grant?: Grant): Request {
    if (cookie) request.headers.set("X-Edgewarden-CSRF", "1");
    else if (grant) request.headers.set("Authorization", "Bearer " + grant.accessToken);
    return request;
  }

  function send(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    return (fetch ?? globalThis.fetch)(input, init);
  }

  function observe({ headers }: Response): void {
    const knew = clock.now();
    clock.observe(headers);
    // A token that only tells when it expires by the server's clock could not be planned for until now.
    if (!knew && !state.grant?.until) plan();
  }

  function hear(ended?: string): void {
    const grant = store.read();
    // What is not there any more was removed by someone who signed out, or who cleared the site's data.
    if (grant === null) ended ??= state.grant?.session;
    if (ended !== undefined) dispatch({ type: "ended", session: ended, reason: "other_tab" });
    else if (grant) dispatch({ type: "shared", grant });
  }

  /** Takes what other tabs have left. Tells whether `from` needs no renewal any more. */
  function isOvertaken(from: Grant): boolean {
    hear();
    return state.grant !== from;
  }

  function canRenew(grant: Grant): unknown {
    return cookie || refresh || grant.refreshToken;
  }

  function goToLogin(): void {
    // From the login page itself it would be the one loop left. (Its query may differ; its fragment may be a route.)
    const page = (url: string) => url.replace(/\?[^#]*/, "");
    if (loginUrl && globalThis.location && page(location.href) !== page(absolute(loginUrl))) location.assign(loginUrl);
  }
}

/** Only the wait is the signal's to abort, not the work. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  signal?.throwIfAborted();
  const aborted = new Promise<never>((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
  return Promise.race([work, aborted]);
}
