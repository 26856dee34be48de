// The origin in workerd with a real D1 database, through Miniflare. For its own tests, and for those that put a gate in
// front of it: these take `originWorker` into a Miniflare of their own, next to the gate, and `migrate` its database.

import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { insertUser } from "../../examples/origin/scripts/add-user.mjs";

const ORIGIN = new URL("../../examples/origin/", import.meta.url);

export const ISSUER = "https://auth.test";
export const AUDIENCE = "https://api.test";

let bundle;

/** The Worker's code as one module. */
export async function bundleOrigin() {
  bundle ??= build({
    entryPoints: [fileURLToPath(new URL("src/index.ts", ORIGIN))],
    bundle: true,
    format: "esm",
    target: "es2022",
    write: false,
  });
  return (await bundle).outputFiles[0].text;
}

/** A fresh 256-bit key, as a JWK; `members` are added to it or replace its own. */
export function newKey(kid, members = {}) {
  return { kty: "oct", kid, alg: "HS256", k: randomBytes(32).toString("base64url"), ...members };
}

/** Both rings with one key each, as JWK Sets. */
export function newKeys() {
  return { access: { keys: [newKey("access-1")] }, refresh: { keys: [newKey("refresh-1")] } };
}

/** The bindings that are not the database. `vars` are added, and take away where they are undefined. */
export function originBindings({ keys = newKeys(), faults = false, vars = {} } = {}) {
  const bindings = {
    ISSUER,
    AUDIENCE,
    CLIENT_ID: "test-app",
    ACCESS_KEYS: JSON.stringify(keys.access),
    REFRESH_KEYS: JSON.stringify(keys.refresh),
    ...(faults ? { DEV_FAULTS: "on" } : {}),
    ...vars,
  };
  return Object.fromEntries(Object.entries(bindings).filter(([, value]) => value !== undefined));
}

/** A Worker for the `workers` of a Miniflare. Workers with the same `database` share it. */
export async function originWorker({ name = "origin", database = "origin", ...settings } = {}) {
  return {
    name,
    modules: true,
    script: await bundleOrigin(),
    compatibilityDate: "2026-04-01",
    bindings: originBindings(settings),
    d1Databases: { DB: database },
  };
}

/** Applies the migrations to an empty database. */
export async function migrate(db) {
  const folder = new URL("migrations/", ORIGIN);
  for (const file of (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort()) {
    const sql = (await readFile(new URL(file, folder), "utf8")).replaceAll(/--.*$/gm, "");
    await db.batch(
      sql
        .split(";")
        .filter((statement) => statement.trim() !== "")
        .map((statement) => db.prepare(statement)),
    );
  }
}

/** Adds a user as scripts/add-user.mjs would; `user` has its arguments: email, password, scope, ifAbsent, id. */
export async function addUser(db, user) {
  await db.prepare(insertUser(user)).run();
}

/**
 * Starts one origin, migrated and without users. `settings`: `keys` (default: fresh ones), `faults` (DEV_FAULTS on),
 * `vars` (over the bindings), `port` (default: a free one), `persist` (a folder for the database; default: in memory).
 *
 * Returns `mf`; `url`, on 127.0.0.1 and without a slash at the end; `db`, the D1 database; `keys`, those it started
 * with; `output()`, all that the Worker has logged; `addUser(user)`; `post(path, body, headers)` as a form;
 * `login(email, password)` and `refresh(token, idempotencyKey)`, which return the Response; `update(settings)`, which
 * restarts with other `keys`, `faults` or `vars` and the same data; `dispose()`.
 */
export async function startOrigin({ port = 0, persist, ...settings } = {}) {
  const keys = settings.keys ?? newKeys();
  let output = "";
  const options = async (current) => ({
    host: "127.0.0.1",
    port,
    d1Persist: persist ?? false,
    handleRuntimeStdio(stdout, stderr) {
      for (const stream of [stdout, stderr]) {
        stream.on("data", (chunk) => {
          output += chunk;
        });
      }
    },
    workers: [await originWorker({ ...current, keys: current.keys ?? keys })],
  });

  const mf = new Miniflare(await options(settings));
  const url = (await mf.ready).origin;
  const db = await mf.getD1Database("DB");
  if ((await db.prepare("SELECT name FROM sqlite_master WHERE name = 'users'").first()) === null) {
    await migrate(db);
  }

  const origin = {
    mf,
    url,
    db,
    keys,
    output: () => output,
    addUser: (user) => addUser(origin.db, user),
    post: (path, body, headers = {}) =>
      fetch(origin.url + path, { method: "POST", body: new URLSearchParams(body), headers }),
    login: (email, password) => origin.post("/login", { email, password }),
    refresh: (token, idempotencyKey) =>
      origin.post(
        "/refresh",
        { refresh_token: token },
        idempotencyKey === undefined ? {} : { "Idempotency-Key": idempotencyKey },
      ),
    async update(changed) {
      await mf.setOptions(await options({ ...settings, ...changed }));
      origin.url = (await mf.ready).origin;
      origin.db = await mf.getD1Database("DB");
    },
    dispose: () => mf.dispose(),
  };
  return origin;
}
