// Medians and spreads: what a shared machine leaves of a measurement.

export function quantile(values, q) {
  const sorted = Float64Array.from(values).sort();
  const at = (sorted.length - 1) * q;
  const below = Math.floor(at);
  const above = Math.ceil(at);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}

export function median(values) {
  return quantile(values, 0.5);
}

/** The median of one measurement's rounds, and between what the middle half of them lies. */
export function summary(values) {
  return { median: median(values), low: quantile(values, 0.25), high: quantile(values, 0.75) };
}

/** What `values` have over `floor`, round by round. */
export function over(values, floor) {
  return values.map((value, round) => value - floor[round]);
}
