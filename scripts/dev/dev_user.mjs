// The user to log in with in development. Kept beside the local database, so that both go away together.

import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { originDir } from "./secrets.mjs";

const FILE = join(originDir, ".wrangler", "dev-user.json");

/** `{ email, password }`, or undefined before the first `npm start`. */
export function readDevUser() {
  return existsSync(FILE) ? JSON.parse(readFileSync(FILE, "utf8")) : undefined;
}

/** `{ user, isNew }` */
export function ensureDevUser() {
  const known = readDevUser();
  if (known) return { user: known, isNew: false };
  const user = { email: "runner@example.com", password: randomBytes(12).toString("base64url") };
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, `${JSON.stringify(user)}\n`, { mode: 0o600 });
  return { user, isNew: true };
}
