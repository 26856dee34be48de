#!/usr/bin/env node
// Prints the SQL that adds a user, for `wrangler d1 execute`. Of the password, only a salted hash is in it.

import { pbkdf2Sync, randomBytes, randomUUID } from "node:crypto";
import { realpathSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const USAGE = `usage: node add-user.mjs EMAIL [--scope "A B"] [--if-absent] [--password PASSWORD]

Prints an INSERT statement. The password is read from standard input, up to the first line break; --password is for
development only, since other users of this machine can read the arguments of a running command.

  --scope      what the user may ask for, names with spaces between them; none by default
  --if-absent  change nothing when a user with this email exists; without it, that is an error

Example, which asks for the password:
  npx wrangler d1 execute DB --local --command "$(node scripts/add-user.mjs ada@example.com --scope events)"`;

// The same as in src/passwords.ts, which says why. Each row carries its own number, so that it can be raised.
const ITERATIONS = 100_000;

/** The statement. Throws an Error with a message for people when an argument cannot be meant. */
export function insertUser({ email, password, scope = "", ifAbsent = false, id = randomUUID() }) {
  const address = email.trim().toLowerCase();
  if (!/^[^\s\p{Cc}@]+@[^\s\p{Cc}@]+$/u.test(address) || address.length > 254) {
    throw new Error("this is not an email address");
  }
  if (password.length < 8 || password.length > 1024) {
    throw new Error("a password has from 8 to 1024 characters");
  }
  // RFC 6749 §3.3: printable ASCII without the quotation mark and the backslash.
  const isName = (name) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(name);
  if (scope !== "" && !scope.split(" ").every(isName)) {
    throw new Error("a scope is names of printable ASCII with single spaces between them");
  }
  const salt = randomBytes(16);
  const hash = pbkdf2Sync(password.normalize("NFKC"), salt, ITERATIONS, 32, "sha256");
  const texts = [id, address, scope, hash.toString("hex"), salt.toString("hex")].map(quote);
  const conflict = ifAbsent ? "\nON CONFLICT (email) DO NOTHING" : "";
  return `INSERT INTO users (id, email, scope, password_hash, salt, iterations)
VALUES (${texts.join(", ")}, ${ITERATIONS})${conflict};`;
}

/** A text as SQL writes it. In SQLite a quote is the only character in it that means anything. */
function quote(text) {
  return `'${text.replaceAll("'", "''")}'`;
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      scope: { type: "string" },
      "if-absent": { type: "boolean" },
      password: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const [email, ...more] = positionals;
  if (email === undefined || more.length > 0) {
    throw new Error("one email is needed");
  }
  const password = values.password ?? (await readPassword());
  console.log(insertUser({ email, password, scope: values.scope, ifAbsent: values["if-absent"] }));
}

async function readPassword() {
  if (process.stdin.isTTY) {
    process.stderr.write("Password (it will be shown), then Enter and Ctrl-D: ");
  }
  return (await text(process.stdin)).split(/\r?\n/)[0];
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await main();
  } catch (error) {
    console.error(`add-user: ${error.message}\n\n${USAGE}`);
    process.exitCode = 2;
  }
}
