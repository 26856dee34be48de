/**
 * The server's clock, seen from here.
 *
 * The user's own clock may be an hour off and may be corrected while the page is open, so nothing is timed by it:
 * time passes by a monotonic clock, and what the time *is* comes from the `Date` headers of responses.
 * @internal
 */
export interface ServerClock {
  /** Milliseconds of a clock that only ever goes forward. Means nothing outside this page. */
  elapsed(): number;
  /** The server's time in milliseconds since 1970; `NaN` while no response has told it. */
  now(): number;
  /** Learns from a response's `Date`. */
  observe(headers: Headers): void;
}

/** A clock that knows nothing yet. @internal */
export function serverClock(elapsed: () => number = () => performance.now()): ServerClock {
  let offset = NaN;
  return {
    elapsed,
    now: () => elapsed() + offset,
    observe(headers) {
      const seen = Date.parse(headers.get("Date")!) - elapsed();
      // `Date` is never later than the moment it is read, so every header is a lower bound and the highest one is the
      // nearest. This also keeps out the responses of a cache, which carry the `Date` of the day they were stored.
      if (seen === seen && !(offset > seen)) offset = seen;
    },
  };
}
