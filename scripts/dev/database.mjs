// The origin's local D1 database: its tables, the development user, something to list.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { insertUser } from "../../examples/origin/scripts/add-user.mjs";
import { ensureDevUser } from "./dev_user.mjs";
import { originDir } from "./secrets.mjs";
import { wrangler } from "./wrangler.mjs";

const SCOPE = "events positions";

/** Resolves with the user to log in with. All of it may be repeated, and is, at each start. */
export async function prepareDatabase() {
  console.log("Preparing the origin's local database ...");
  await wrangler("migrations", ["d1", "migrations", "apply", "DB", "--local"], { cwd: originDir });
  const { user, isNew } = ensureDevUser();
  await execute([
    // A user of that name from before has another password.
    isNew ? `DELETE FROM users WHERE email = '${user.email}';` : "",
    insertUser({ ...user, scope: SCOPE, ifAbsent: true }),
    readFileSync(join(originDir, "sample_events.sql"), "utf8"),
  ]);
  return user;
}

async function execute(statements) {
  const file = join(originDir, ".wrangler", "start.sql");
  writeFileSync(file, `${statements.join("\n")}\n`, { mode: 0o600 });
  try {
    await wrangler("sample data", ["d1", "execute", "DB", "--local", "--yes", "--file", file], { cwd: originDir });
  } finally {
    rmSync(file);
  }
}
