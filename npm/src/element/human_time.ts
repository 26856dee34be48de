// Times as people read them. Seconds since 1970 in, text out.

const LAST = 8.64e12;

/** From this many "seconds" on, a time is later than the year 5138: it was meant in milliseconds. */
const MILLISECONDS_FROM = 1e11;

const local = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "always" });

/** One moment, in the reader's zone and in UTC. */
export interface HumanTime {
  /** Left out where the reader's zone is UTC. */
  readonly local: string | undefined;
  readonly utc: string;
  /** For `<time datetime>`. */
  readonly iso: string;
}

/** `undefined` where no calendar reaches. */
export function humanTime(seconds: number): HumanTime | undefined {
  if (!Number.isFinite(seconds) || Math.abs(seconds) > LAST) return undefined;
  const date = new Date(Math.trunc(seconds * 1000));
  const iso = date.toISOString();
  const isUtc = date.getTimezoneOffset() === 0;
  return { local: isUtc ? undefined : local.format(date), utc: `${iso.slice(0, -5).replace("T", " ")} UTC`, iso };
}

/** Whether a number of seconds makes sense only as milliseconds. */
export function isInMilliseconds(time: number): boolean {
  return Math.abs(time) >= MILLISECONDS_FROM;
}

const UNITS = [
  { name: "year", short: "y", seconds: 31_556_952, from: 2 * 31_556_952 },
  { name: "month", short: "mo", seconds: 2_629_746, from: 60 * 86_400 },
  { name: "day", short: "d", seconds: 86_400, from: 2 * 86_400 },
  { name: "hour", short: "h", seconds: 3_600, from: 2 * 3_600 },
  { name: "minute", short: "min", seconds: 60, from: 120 },
  { name: "second", short: "s", seconds: 1, from: 0 },
] as const;

function unitOf(seconds: number): (typeof UNITS)[number] {
  return UNITS.find(({ from }) => seconds >= from) ?? UNITS[5];
}

/** How far a time is from now: `in 14 minutes`, `3 years ago`, `now`. */
export function fromNow(time: number, now: number): string {
  const gap = Math.trunc(time - now);
  if (!Number.isFinite(gap)) return "";
  if (gap === 0) return "now";
  const unit = unitOf(Math.abs(gap));
  return relative.format(Math.round(gap / unit.seconds), unit.name);
}

/** A length of time in as few letters as it takes: `30 s`, `15 min`. */
export function shortDuration(seconds: number): string {
  const unit = unitOf(seconds);
  return `${Math.round(seconds / unit.seconds)} ${unit.short}`;
}
