/** How long to wait, in milliseconds: before renewing a token that still works, and before trying again after a failure. */

/** Tokens that live shorter than this are renewed when they are needed, not ahead. */
const SHORTEST_LIFETIME = 2000;
/** A server that asks for more patience than this is asked again all the same. */
const LONGEST_RETRY_AFTER = 3600e3;

/**
 * When to renew a token that expires in `remaining`, of `lifetime` when it was new; `NaN`: not ahead of time.
 *
 * The lead is never much more than a quarter of the life, so that no lead time, however long, makes a token be renewed again
 * and again. Up to a fifth of it is jitter (`random` is 0 to 1), so that many tabs and users do not come at once.
 * @internal
 */
export function renewalDelay(remaining: number, lifetime: number, leadTime: number, random = Math.random()): number {
  if (!(leadTime > 0) || lifetime < SHORTEST_LIFETIME) return NaN;
  return Math.max(0, remaining - Math.min(leadTime, lifetime / 4) * (1 + random / 5));
}

/**
 * The back-off after so many `failures` in a row: doubling from `first` to sixty times that, half of it jitter, never less than `retryAfter`.
 * @internal
 */
export function backOffDelay(failures: number, retryAfter: number, first: number, random = Math.random()): number {
  return Math.max(first * Math.min(60, 2 ** (failures - 1)) * (0.5 + random / 2), Math.min(retryAfter, LONGEST_RETRY_AFTER));
}
