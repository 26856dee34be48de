/** `edgewarden explain`. */
import { explainAsJson } from "../core/explain.js";
import type { Context, Report } from "../core/contract.js";
import { readArguments, timeFrom } from "./options.js";
import { printable } from "./printable.js";
import { jsonFile, tokenFromInput } from "./sources.js";

const HELP = `Why a token is refused, who has to act, and what to do next. It only looks: nothing here makes a token pass.

Usage: edgewarden explain [TOKEN] [options]

  TOKEN                 the token; \`-\` or nothing for standard input
  --access-keys FILE    the JWK Set of access tokens
  --refresh-keys FILE   the JWK Set of refresh tokens
  --policy FILE         a JSON object with issuer, audience, leeway, ... as in the gate's configuration
  --now TIME            your clock: seconds since 1970 or RFC 3339. Default: the system's clock
  --server-now TIME     the verifier's clock, where it is known
  --kind KIND           access (the default) or refresh
  --scope SCOPE         what the request needs, separated by spaces
  --json                one JSON object (also --format json)

All of them may be left out; the answer then says what could not be checked.

Exit status: 0 when nothing is wrong, 1 when the token is or would be refused, 2 for wrong usage.`;

export async function explainCommand(args: string[]): Promise<number> {
  const { token, json, help, values } = readArguments(args, [
    "access-keys",
    "refresh-keys",
    "policy",
    "now",
    "server-now",
    "kind",
    "scope",
  ]);
  if (help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const context = await contextOf(values);
  const text = explainAsJson(token ?? (await tokenFromInput()), context);
  const report = JSON.parse(text) as Report;
  process.stdout.write(`${json ? text : forPerson(report)}\n`);
  return report.findings.some(({ level }) => level === "error") ? 1 : 0;
}

async function contextOf(values: Record<string, string | undefined>): Promise<Context> {
  const file = async (name: string, what: string): Promise<string | undefined> => {
    const path = values[name];
    return path === undefined ? undefined : jsonFile(path, what);
  };
  const policy = await file("policy", "a policy, a JSON object");
  const context = {
    accessKeys: await file("access-keys", "a JWK Set"),
    refreshKeys: await file("refresh-keys", "a JWK Set"),
    policy: policy === undefined ? undefined : (JSON.parse(policy) as Context["policy"]),
    now: timeFrom("now", values["now"]),
    serverNow: timeFrom("server-now", values["server-now"]),
    // Checked by `explain`, which says what it expects.
    kind: values["kind"] as Context["kind"],
    scope: values["scope"],
  };
  return Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined)) as Context;
}

function forPerson({ cause, findings, checks }: Report): string {
  const lines = [`${cause.code}  ${cause.summary}`, "", `who acts    ${cause.party}`, `next        ${cause.action}`, `how to fix  ${cause.fix}`];
  const others = findings.filter(({ code }) => code !== cause.code);
  if (others.length > 0) lines.push("", "also");
  for (const { level, code, summary } of others) lines.push(`  ${level.padEnd(9)} ${code}: ${summary}`);
  lines.push("", "checks");
  for (const { check, outcome, detail } of checks) lines.push(`  ${outcome.replace("_", " ").padEnd(12)} ${check.padEnd(16)} ${detail}`.trimEnd());
  return lines.map(printable).join("\n");
}
