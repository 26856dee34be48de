/** The other tabs: telling them what happened, and making sure that only one of all refreshes. */

/** How long the lock of a token that has been exchanged stays taken: until every other tab has surely seen the new one. */
const LINGER = 2000;

/** @internal */
export interface Tabs {
  /** Tells the others to look at the store; or that a session has ended. There is never a token in what they are told. */
  tell(ended?: string): unknown;
  /**
   * Runs `work` while no other tab runs one under the same name, and resolves when it is done; after a success (`true`) the lock
   * stays taken for a moment longer. When `signal` aborts the wait, `work` runs at once, to find that it is too late.
   */
  exclusively(name: string, signal: AbortSignal, work: () => Promise<boolean>): Promise<unknown>;
  leave(): void;
}

/**
 * Joins the tabs that share the session `name`. `hear` is called when there may be something new in the store, or when a
 * session has ended.
 * @internal
 */
export function joinTabs(name: string, hear: (ended?: string) => void): Tabs {
  const listening = new AbortController();
  const channel = globalThis.BroadcastChannel && new BroadcastChannel(name);
  channel?.addEventListener("message", ({ data }) => hear(data?.ended));
  // A message may come before what it tells of can be read; the storage's own event does not. And a page out of the
  // back-forward cache has heard nothing while it was in there.
  for (const type of ["storage", "pageshow"]) globalThis.addEventListener?.(type, () => hear(), listening);

  return {
    tell: (ended) => listening.signal.aborted || channel?.postMessage({ ended }),
    exclusively(token, signal, work) {
      const locks = globalThis.navigator?.locks;
      // Without locks (an old browser, a page without https) it is the server that has to keep two tabs apart.
      if (!locks) return work();
      return new Promise((resolve) => {
        const locked = async () => {
          const done = await work();
          resolve(done);
          // The others wait for this lock or for the news, whichever is first. Given back at once, it could be faster than the
          // news, and the next tab would exchange the same token again.
          if (done) await new Promise((wake) => setTimeout(wake, LINGER));
        };
        // Refused: aborted, or a frame that may have no locks.
        locks.request(`${name}:${token}`, { signal }, locked).catch(() => resolve(work()));
      });
    },
    leave() {
      listening.abort();
      channel?.close();
    },
  };
}
