// The report as text to be sent to somebody else: no signature, no secret, and claim values only when they are wanted.

import type { Report } from "edgewarden";

const MASK = "•••";
const HIDDEN_SIGNATURE = "[signature removed]";

/** Anything that has the shape of a JWS, wherever it stands: a token may carry another one in a claim. */
const JWS = /\b([\w-]{4,}\.[\w-]+)\.[\w-]{8,}/g;

/** So many characters of a value do not stand in a sentence by chance. */
const SURELY_A_VALUE = 10;

export interface Redaction {
  /** Whether claim values are left out. */
  readonly maskClaims: boolean;
  /** Texts that must not be in it, whatever the report says: the secrets of the page's fields. */
  readonly secrets: readonly string[];
}

export function redactedReport(report: Report, { maskClaims, secrets }: Redaction): string {
  const { cause, findings, checks, header, claims, verdict, times, token } = report;
  const values = maskClaims ? claimTexts(claims) : [];
  const say = (text: string): string => withoutBeginnings(withoutAll(text, values), values);
  const lines = [
    `Cause: ${cause.code}`,
    say(cause.summary),
    `How to fix: ${say(cause.fix)}`,
    `Who acts: ${cause.party}. What the client does: ${cause.action}.`,
    verdict ? `Verdict: ${verdict.valid ? "accepted" : `refused as ${verdict.code ?? "?"}`}` : "Verdict: none, no usable keys",
    `Token: ${token.bytes} bytes, fingerprint ${token.fingerprint}`,
    "",
    ...(findings.length > 0 ? ["Findings:"] : []),
    ...findings.map(({ code, level, summary }) => `- ${level}: ${code}: ${say(summary)}`),
    "",
    "Checks:",
    ...checks.map(({ check, outcome, detail }) => `- ${check}: ${outcome}${detail ? ` (${say(detail)})` : ""}`),
    "",
    `Header: ${JSON.stringify(header)}`,
    `Claims: ${JSON.stringify(maskClaims ? masked(claims) : claims)}`,
    ...(maskClaims ? [] : [`Times: ${JSON.stringify(times)}`]),
  ];
  return withoutAll(lines.join("\n").replace(JWS, `$1.${HIDDEN_SIGNATURE}`), secrets) + "\n";
}

/** Names stay, values become their kind. */
function masked(value: unknown): unknown {
  if (value === null) return null;
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, masked(inner)]));
  }
  return `${MASK} ${typeof value}`;
}

/** Every text and number in the claims, as a sentence of the report might repeat it. */
function claimTexts(value: unknown): string[] {
  if (typeof value === "string") return [value, ...value.split(/\s+/)];
  if (typeof value === "number") return [String(value), ...dates(value)];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(claimTexts);
}

/** A time may have been told as a date. */
function dates(seconds: number): string[] {
  return [seconds, seconds / 1000].flatMap((time) => {
    const date = new Date(Math.floor(time) * 1000);
    return Number.isNaN(date.getTime()) ? [] : [date.toISOString().slice(0, -5)];
  });
}

/** A sentence cuts long values short: what is left of one goes, too. */
function withoutBeginnings(text: string, hidden: readonly string[]): string {
  return hidden.reduce((rest, one) => {
    // Dates of one year begin alike, and are never cut.
    if (one.length <= SURELY_A_VALUE || /^\d{4}-\d\d-\d\dT/.test(one)) return rest;
    const beginning = one.slice(0, SURELY_A_VALUE);
    let result = "";
    let from = 0;
    for (let at = rest.indexOf(beginning); at >= 0; at = rest.indexOf(beginning, from)) {
      let length = SURELY_A_VALUE;
      while (length < one.length && rest[at + length] === one[length]) length += 1;
      result += rest.slice(from, at) + MASK;
      from = at + length;
    }
    return result + rest.slice(from);
  }, text);
}

/**
 * Longest first, so that no rest of one is left by another. Short ones only as whole words, and what could be a word of any
 * sentence ("access") only where it is quoted.
 */
function withoutAll(text: string, hidden: readonly string[]): string {
  const longestFirst = [...new Set(hidden)].filter(Boolean).sort((a, b) => b.length - a.length);
  return longestFirst.reduce((rest, one) => {
    if (!rest.includes(one)) return rest;
    const escaped = one.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return rest.replace(new RegExp(bounded(one, escaped), "gu"), MASK);
  }, text);
}

function bounded(one: string, escaped: string): string {
  if (/^[a-z]{1,12}$/.test(one)) return `(?<=[\`"])${escaped}(?=[\`"])`;
  return one.length > 4 ? escaped : `(?<![\\p{L}\\p{N}_])${escaped}(?![\\p{L}\\p{N}_])`;
}
