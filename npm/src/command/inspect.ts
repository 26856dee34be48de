/** `edgewarden inspect`. */
import { inspectAsJson } from "../core/inspect.js";
import type { Inspection } from "../core/contract.js";
import { readArguments, timeFrom } from "./options.js";
import { indented, memberText, printable } from "./printable.js";
import { tokenFromInput } from "./sources.js";

const HELP = `Decode a token WITHOUT verifying it: anybody can have written what it shows.

Usage: edgewarden inspect [TOKEN] [--json] [--now TIME]

  TOKEN        the token; \`-\` or nothing for standard input
  --json       one JSON object (also --format json)
  --now TIME   times relative to this one: seconds since 1970 or RFC 3339. Default: the system's clock

Exit status: 0 when it could be decoded, 1 when not (with the reason), 2 for wrong usage.`;

export async function inspectCommand(args: string[]): Promise<number> {
  const { token, json, help, values } = readArguments(args, ["now"]);
  if (help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const now = timeFrom("now", values["now"]);
  const text = inspectAsJson(token ?? (await tokenFromInput()), now === undefined ? {} : { now });
  const inspection = JSON.parse(text) as Inspection;
  process.stdout.write(`${json ? text : forPerson(inspection, text)}\n`);
  return inspection.faults.length > 0 ? 1 : 0;
}

function forPerson({ header, claims, signature, bytes, fingerprint, times, faults, refused }: Inspection, text: string): string {
  const lines = ["NOT VERIFIED  Anybody can have written this.", ""];
  for (const { code, detail } of faults) lines.push(`${code}  cannot be decoded: ${detail}`);
  if (refused) lines.push(`${refused.code}  is what it will be refused with: ${refused.detail}`);
  if (header) lines.push(...`header ${indented(memberText(text, "header"))}`.split("\n"));
  if (claims) lines.push(...`claims ${indented(memberText(text, "claims"))}`.split("\n"));
  for (const [name, { utc, seconds_from_now: seconds }] of Object.entries(times)) {
    lines.push(`${name.padEnd(11)}  ${utc === null || seconds === null ? "not a time in seconds" : `${utc}, ${distance(seconds)}`}`);
  }
  if (signature) lines.push(`signature    ${signature.bytes === 0 ? "none" : `${signature.bytes} bytes`}`);
  lines.push(`token        ${bytes} bytes`, `fingerprint  ${fingerprint}`);
  return lines.map(printable).join("\n");
}

const UNITS: readonly [string, number][] = [["day", 86_400], ["hour", 3_600], ["minute", 60]];

function distance(seconds: number): string {
  const size = Math.abs(seconds);
  const [unit, length] = UNITS.find(([, length]) => size >= length) ?? ["second", 1];
  const count = Math.floor(size / length);
  const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return seconds < 0 ? `${words} ago` : `in ${words}`;
}
