/** Where the session is kept between page loads and shared between tabs. */
import type { ServerClock } from "./clock.js";
import { isBearerToken, type Grant } from "./grant.js";

/**
 * The part of `localStorage` that the session uses. Calls are synchronous; what one tab has written, the others read.
 *
 * Whatever any script of the page can read, an injected script can read too. Tokens in `localStorage` can be stolen by one
 * XSS hole and used elsewhere, also later; tokens in memory go when the page goes; cookies that are `HttpOnly` cannot be read
 * at all. Prefer cookie mode where the server offers it.
 */
export type SessionStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** @internal */
export interface Store {
  /** What is there; undefined when there is nothing; `null` when there was something, and somebody removed it. */
  read(): Grant | undefined | null;
  write(grant: Grant): void;
  /** Removes what is there, if it is of this session. */
  forget(session: string): void;
}

/**
 * Keeps the grant under `key`. A storage that is not there, full or forbidden is as good as none: the page goes on with what it
 * has in memory.
 *
 * Expiry is stored by this machine's wall clock, which all its tabs share, so that it does not matter whether that clock is right.
 * @internal
 */
export function storeIn(storage: () => SessionStorage | undefined, key: string, cookie: boolean, clock: ServerClock): Store {
  const fromWall = () => clock.elapsed() - Date.now();
  let held: boolean | undefined;

  function tried<T>(use: (storage: SessionStorage) => T): T | undefined {
    try {
      return use(storage()!);
    } catch {
      // Not there, full, forbidden; or nothing of ours in it.
      return undefined;
    }
  }

  function read(): Grant | undefined | null {
    const grant = tried((storage) => JSON.parse(storage.getItem(key)!));
    if (grant?.session && grant.serial > 0 && (cookie || isBearerToken(grant.accessToken))) {
      held = true;
      return { ...grant, until: grant.until && grant.until + fromWall() };
    }
    return held ? null : undefined;
  }

  return {
    read,
    write(grant) {
      const until = grant.until && grant.until - fromWall();
      held = tried((storage) => (storage.setItem(key, JSON.stringify({ ...grant, until })), true));
    },
    forget(session) {
      if (read()?.session === session) tried((storage) => storage.removeItem(key));
    },
  };
}
