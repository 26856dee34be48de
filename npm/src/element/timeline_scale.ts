// Where on a line the moments of a token stand. A token of fifteen minutes may have expired three years ago, so the line is not
// to scale: a gap is drawn as long as the logarithm of its seconds, and is labelled with its length.

export interface Moment {
  /** What the moment is called; several names when they fall on the same second. */
  readonly names: readonly string[];
  readonly at: number;
  /** Clocks stand above the line, claims below. */
  readonly side: "above" | "below";
}

export interface Placed extends Moment {
  /** On the line. */
  readonly x: number;
  /** Where the middle of its label goes, so that no two labels of a side overlap. */
  readonly labelX: number;
}

export interface Scale {
  readonly moments: readonly Placed[];
  /** From where to where the token is good, without and with the leeway. An open side is `undefined`. */
  readonly good: Span;
  readonly tolerated: Span;
  /** The gaps between neighbouring moments: the middle, the room there is, the seconds. */
  readonly gaps: readonly { readonly x: number; readonly room: number; readonly seconds: number }[];
}

export interface Span {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** The members of a report's `times`, all in seconds. */
export interface Times {
  readonly now: number;
  readonly server_now: number | null;
  readonly leeway: number;
  readonly iat?: number;
  readonly nbf?: number;
  readonly exp?: number;
}

/** Lays the moments out between `left` and `right`; labels are `labelWidth` wide and may reach `overhang` further. */
export function timelineScale(times: Times, left: number, right: number, labelWidth: number, overhang: number): Scale {
  const { exp, leeway } = times;
  const start = times.nbf ?? times.iat;
  const moments = momentsOf(times);
  const edges = [start === undefined ? undefined : start - leeway, exp === undefined ? undefined : exp + leeway];
  const stops = [...new Set([...moments.map(({ at }) => at), ...edges.filter((edge) => edge !== undefined)])];
  const place = placement(stops.sort((a, b) => a - b), left, right);
  const placed = (["above", "below"] as const).flatMap((side) => {
    const own = moments.filter((moment) => moment.side === side);
    const labels = apart(own.map(({ at }) => place(at)), labelWidth, left - overhang, right + overhang);
    return own.map((moment, index) => ({ ...moment, x: place(moment.at), labelX: labels[index] ?? place(moment.at) }));
  });
  const span = (by: number): Span => ({
    from: start === undefined ? undefined : place(start - by),
    to: exp === undefined ? undefined : place(exp + by),
  });
  const claims = moments.map(({ at }) => at).sort((a, b) => a - b);
  const gaps = claims.slice(1).map((at, index) => {
    const previous = claims[index] ?? at;
    return { x: (place(previous) + place(at)) / 2, room: place(at) - place(previous), seconds: at - previous };
  });
  return { moments: placed, good: span(0), tolerated: span(leeway), gaps: gaps.filter(({ seconds }) => seconds > 0) };
}

function momentsOf(times: Times): Moment[] {
  const below = (["iat", "nbf", "exp"] as const).map((name) => ({ name, at: times[name], side: "below" as const }));
  const clocks = [
    { name: "now", at: times.now, side: "above" as const },
    { name: "server", at: times.server_now ?? undefined, side: "above" as const },
  ];
  const moments = new Map<string, { names: string[]; at: number; side: "above" | "below" }>();
  for (const { name, at, side } of [...clocks, ...below]) {
    if (at === undefined || !Number.isFinite(at)) continue;
    const same = moments.get(`${side} ${at}`);
    if (same) same.names.push(name);
    else moments.set(`${side} ${at}`, { names: [name], at, side });
  }
  return [...moments.values()].sort((a, b) => a.at - b.at);
}

function placement(stops: readonly number[], left: number, right: number): (at: number) => number {
  const weights = stops.slice(1).map((at, index) => Math.log2(2 + at - (stops[index] ?? at)) ** 2);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const places = new Map<number, number>();
  let sum = 0;
  stops.forEach((at, index) => {
    if (index > 0) sum += weights[index - 1] ?? 0;
    places.set(at, total === 0 ? (left + right) / 2 : left + ((right - left) * sum) / total);
  });
  return (at) => places.get(at) ?? left;
}

/** Moves sorted middles so that each is `width` from the next, and all stay between the ends where there is room. */
function apart(middles: readonly number[], width: number, left: number, right: number): number[] {
  const moved: number[] = [];
  for (const middle of middles) moved.push(Math.max(middle, left + width / 2, (moved.at(-1) ?? -Infinity) + width));
  let most = right - width / 2;
  for (let index = moved.length - 1; index >= 0; index -= 1) {
    moved[index] = Math.min(moved[index] ?? most, most);
    most = (moved[index] ?? most) - width;
  }
  return moved;
}
