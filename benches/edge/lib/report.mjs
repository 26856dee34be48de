// The table, and what of it is promised.

import { median, over, summary } from "./statistics.mjs";

/** What ARCHITECTURE.md promises, as ratios and differences within one run. */
const BUDGETS = [
  {
    name: "HS256 verification: jose / edgewarden",
    bound: "at least 5",
    unit: "×",
    measure: ({ verification }) => median(verification.jose) / median(verification.edgewarden),
    holds: (ratio) => ratio >= 5,
  },
  {
    name: "HS256 verification: jose with its secret as bytes / edgewarden",
    bound: "at least 5",
    unit: "×",
    measure: ({ verification }) => median(verification.jose_secret) / median(verification.edgewarden),
    holds: (ratio) => ratio >= 5,
  },
  {
    name: "added CPU per request: edgewarden / jose",
    bound: "at most 0.5, aim 0.3",
    unit: "×",
    measure: ({ requests }) => added(requests, "edgewarden") / added(requests, "jose"),
    holds: (ratio) => ratio <= 0.5,
  },
  {
    name: "bundle, gzip",
    bound: "at most 130 KiB",
    unit: " KiB",
    measure: ({ sizes }) => sizes.edgewarden.gzip / 1024,
    holds: (kib) => kib <= 130,
  },
  {
    name: "cold start: edgewarden - jose",
    bound: "at most 10 ms",
    unit: " ms",
    measure: ({ coldStart }) => median(coldStart.edgewarden) - median(coldStart.jose),
    holds: (milliseconds) => milliseconds <= 10,
  },
];

/** `{ name, bound, value, holds }` for each budget; without `edgewarden` in the results, none can be told. */
export function budgets(results) {
  return BUDGETS.map(({ name, bound, unit, measure, holds }) => {
    const value = results.sizes.edgewarden ? measure(results) : undefined;
    return { name, bound, value, unit, holds: value !== undefined && holds(value) };
  });
}

function added(requests, name) {
  return median(over(requests[name], requests.nothing));
}

const COLUMNS = [
  ["", (name) => NAMES[name]],
  ["µs per verification", (name, { verification }) => withSpread(verification[name], 1)],
  ["CPU µs per request", (name, { requests }) => withSpread(requests[name], 0)],
  ["added", (name, { requests }) => addedWithSpread(name, requests)],
  ["added, log off", (name, { quietRequests }) => addedWithSpread(name, quietRequests)],
  ["p50 ms", (name, { latency }) => latency[name] && (median(latency[name].p50) / 1000).toFixed(2)],
  ["p99 ms", (name, { latency }) => latency[name] && (median(latency[name].p99) / 1000).toFixed(2)],
  ["cold start ms", (name, { coldStart }) => withSpread(coldStart[name], 0)],
  ["upload KiB (gzip)", (name, { sizes }) => sizes[name] && `${kib(sizes[name].bytes)} (${kib(sizes[name].gzip)})`],
];

const NAMES = {
  nothing: "nothing",
  jose: "jose, CryptoKey",
  jose_imported_jwk: "jose, key from importJWK",
  jose_secret: "jose, secret as bytes",
  hono: "hono/jwt",
  tsndr: "@tsndr/cloudflare-worker-jwt",
  subtle_verify: "crypto.subtle.verify alone",
  edgewarden: "edgewarden",
};

/** The results as a Markdown table: medians, and in brackets between what the middle half of the rounds lies. */
export function table(results) {
  const names = Object.keys(NAMES).filter((name) => results.sizes[name] || results.verification[name]);
  const rows = [
    COLUMNS.map(([title]) => title),
    ...names.map((name) => COLUMNS.map(([, cell]) => cell(name, results) ?? "")),
  ];
  const widths = COLUMNS.map((_, column) => Math.max(3, ...rows.map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, at) => (at ? cell.padStart(widths[at]) : cell.padEnd(widths[at]))).join(" | ")} |`;
  const rule = `|${widths.map((width, at) => (at ? `${"-".repeat(width + 1)}:` : "-".repeat(width + 2))).join("|")}|`;
  return [line(rows[0]), rule, ...rows.slice(1).map(line)].join("\n");
}

export function budgetLines(results, complaint) {
  return budgets(results).map(({ name, bound, value, unit, holds }) => {
    if (value === undefined) return `  ----  ${name} (${bound}): not measured, ${complaint}`;
    return `  ${holds ? "PASS" : "FAIL"}  ${name}: ${value.toFixed(2)}${unit} (${bound})`;
  });
}

function addedWithSpread(name, requests) {
  if (name === "nothing" || !requests?.[name]) return undefined;
  return withSpread(over(requests[name], requests.nothing), 0);
}

function withSpread(values, digits) {
  if (!values) return undefined;
  const { median, low, high } = summary(values);
  return `${median.toFixed(digits)} (${low.toFixed(digits)}-${high.toFixed(digits)})`;
}

function kib(bytes) {
  return (bytes / 1024).toFixed(bytes < 10 * 1024 ? 1 : 0);
}
