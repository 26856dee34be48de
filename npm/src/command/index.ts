#!/usr/bin/env node
/**
 * `npx edgewarden`: `inspect` and `explain` where the native tool is not installed. Answers go to standard output, everything
 * else to standard error. No token and no secret is ever repeated in a message.
 */
import { explainCommand } from "./explain.js";
import { inspectCommand } from "./inspect.js";
import { UsageError } from "./usage_error.js";

/** Put in by the build. */
declare const EDGEWARDEN_VERSION: string;

const HELP = `Says what a JSON Web Token holds, and why it does not work. Nothing is sent anywhere.

Usage: edgewarden <command> [TOKEN] [options]

  inspect   decode a token WITHOUT verifying it
  explain   why a token is refused, who has to act, and what to do next

The token is an argument, or comes from standard input (also as \`-\`).

  --json             answer with one JSON object (also --format json)
  --help, --version

\`edgewarden <command> --help\` tells more. Exit status: 0 fine, 1 the token was refused, 2 wrong usage.`;

const COMMANDS = { inspect: inspectCommand, explain: explainCommand };

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(`${HELP}\n`);
    return name === undefined ? 2 : 0;
  }
  if (name === "--version" || name === "-V") {
    process.stdout.write(`edgewarden ${EDGEWARDEN_VERSION}\n`);
    return 0;
  }
  // Own members only: `constructor` is no command.
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name as keyof typeof COMMANDS] : undefined;
  if (!command) throw new UsageError("there is no such command; these are: inspect, explain (the native tool has more)");
  return command(args);
}

// Whoever stops reading, as `head` does, has seen what it wanted.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 2));

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message.replace(/^edgewarden: /, "") : "unknown"}\n`);
  process.exitCode = 2;
}
