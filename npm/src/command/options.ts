/** The command line of one command, read strictly, and without repeating what stands there: it may be a token or a secret. */
import { parseArgs, type ParseArgsConfig } from "node:util";

import { UsageError } from "./usage_error.js";

export interface Arguments {
  /** The token, when it is an argument. */
  token: string | undefined;
  json: boolean;
  help: boolean;
  /** What was given for the options that take a value. */
  values: Record<string, string | undefined>;
}

/** Reads `args`; the options named in `valued` take a value. */
export function readArguments(args: string[], valued: readonly string[]): Arguments {
  const own = Object.fromEntries(valued.map((name) => [name, { type: "string" as const }]));
  const { values, positionals } = parsed({
    args,
    allowPositionals: true,
    options: { ...own, json: { type: "boolean" }, format: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  if (positionals.length > 1) throw new UsageError("one token is expected, and there are more arguments");
  const { json, format, help, ...rest } = values as Record<string, string | boolean | undefined>;
  if (format !== undefined && format !== "json" && format !== "text") throw new UsageError("--format takes text or json");
  return {
    token: positionals[0] === "-" ? undefined : positionals[0],
    json: json === true || format === "json",
    help: help === true,
    values: rest as Record<string, string | undefined>,
  };
}

function parsed(config: ParseArgsConfig): ReturnType<typeof parseArgs> {
  try {
    return parseArgs(config);
  } catch (error) {
    // Only what looks like the name of an option is repeated.
    const name = /'(--[a-z-]{1,24})\b/.exec((error as Error).message)?.[1];
    throw new UsageError(`${name === undefined ? "an option" : `the option ${name}`} is not known, or lacks its value; see --help`);
  }
}

/** Seconds since 1970, or RFC 3339. */
export function timeFrom(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : dateInSeconds(text);
  if (Number.isFinite(seconds)) return seconds;
  throw new UsageError(`--${option} takes seconds since 1970 or RFC 3339 (2026-01-31T12:00:00Z)`);
}

function dateInSeconds(text: string): number {
  return /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i.test(text) ? Date.parse(text.replace(" ", "T")) / 1000 : NaN;
}
