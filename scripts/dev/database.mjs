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
  const { user, isNew } = ensureDevUser();
  await fillDatabase({ user, isNew });
  return user;
}

/** Makes the tables, this `user` and something to list. `state`: the folder of the database, where it is not the usual one. */
export async function fillDatabase({ user, isNew = false, state }) {
  console.log("Preparing the origin's local database ...");
  const place = ["--local", ...(state ? ["--persist-to", state] : [])];
  await wrangler("migrations", ["d1", "migrations", "apply", "DB", ...place], { cwd: originDir });
  const statements = [
    // A user of that name from before has another password.
    isNew ? `DELETE FROM users WHERE email = '${user.email}';` : "",
    insertUser({ ...user, scope: SCOPE, ifAbsent: true }),
    readFileSync(join(originDir, "sample_events.sql"), "utf8"),
  ];
  const file = join(state ?? join(originDir, ".wrangler"), "start.sql");
  writeFileSync(file, `${statements.join("\n")}\n`, { mode: 0o600 });
  try {
    await wrangler("sample data", ["d1", "execute", "DB", ...place, "--yes", "--file", file], { cwd: originDir });
  } finally {
    rmSync(file);
  }
}
