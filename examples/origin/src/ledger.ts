// The ledger of refresh tokens: one row for each token ever issued, and the SQL that keeps it true whatever happens at
// the same time. D1 runs one transaction at a time, and a batch is one transaction.

/** A row: one refresh token, and the access token that was issued with it. Times are seconds since 1970. */
export interface Entry {
  /** The refresh token's `jti`. */
  id: string;
  user: string;
  /** One login and everything it was exchanged for. */
  family: string;
  scope: string;
  issued: number;
  expires: number;
  used: number | null;
  revoked: number | null;
  /** Under which Idempotency-Key this token was exchanged. */
  idempotency_key: string | null;
  /** The `id` of what this token was exchanged for. */
  successor: string | null;
  refresh_key: string;
  access_id: string;
  access_issued: number;
  access_expires: number;
  access_key: string;
}

/** What of an entry concerns the access token. */
export type AccessPart = Pick<Entry, "access_id" | "access_issued" | "access_expires" | "access_key">;

/** An entry that has just been made: nobody has used or revoked it. */
export type NewEntry = Omit<Entry, "used" | "revoked" | "idempotency_key" | "successor">;

/** A token's entry with what it takes to judge a question about it, read at one moment. */
export interface Found {
  entry: Entry;
  /** The entry of the token it was exchanged for. */
  successor: Entry | null;
  /** The scope that its user may have today. */
  userScope: string;
}

/** In the order of `valuesOf`. */
const COLUMNS =
  "id, user, family, scope, issued, expires, refresh_key, access_id, access_issued, access_expires, access_key";

function valuesOf(entry: NewEntry): (string | number)[] {
  return [
    entry.id,
    entry.user,
    entry.family,
    entry.scope,
    entry.issued,
    entry.expires,
    entry.refresh_key,
    entry.access_id,
    entry.access_issued,
    entry.access_expires,
    entry.access_key,
  ];
}

/** Writes the first token of a family, at login. */
export async function open(db: D1Database, first: NewEntry): Promise<void> {
  await db
    .prepare(`INSERT INTO refresh_tokens (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    .bind(...valuesOf(first))
    .run();
}

export async function find(db: D1Database, id: string): Promise<Found | null> {
  const [entries, successors, users] = await db.batch([
    db.prepare("SELECT * FROM refresh_tokens WHERE id = ?").bind(id),
    db.prepare("SELECT * FROM refresh_tokens WHERE id = (SELECT successor FROM refresh_tokens WHERE id = ?)").bind(id),
    db.prepare("SELECT scope FROM users WHERE id = (SELECT user FROM refresh_tokens WHERE id = ?)").bind(id),
  ]);
  const entry = entries?.results[0] as Entry | undefined;
  const successor = successors?.results[0] as Entry | undefined;
  const user = users?.results[0] as { scope: string } | undefined;
  return entry === undefined || user === undefined
    ? null
    : { entry, successor: successor ?? null, userScope: user.scope };
}

/** Exchanges a token for its successor; `false` when it can no longer be exchanged, and then nothing has changed. Of
 *  any number of simultaneous calls for one token, one gets `true`: both statements ask again whether it is unused,
 *  and nothing comes between them. */
export async function exchange(
  db: D1Database,
  id: string,
  successor: NewEntry,
  idempotencyKey: string | null,
  now: number,
): Promise<boolean> {
  const [, used] = await db.batch([
    db
      .prepare(
        `INSERT INTO refresh_tokens (${COLUMNS})
         SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM refresh_tokens
         WHERE id = ? AND used IS NULL AND revoked IS NULL AND expires > ?`,
      )
      .bind(...valuesOf(successor), id, now),
    db
      .prepare(
        `UPDATE refresh_tokens SET used = ?, successor = ?, idempotency_key = ?
         WHERE id = ? AND used IS NULL AND revoked IS NULL AND expires > ?
         RETURNING id`,
      )
      .bind(now, successor.id, idempotencyKey, id, now),
  ]);
  return used?.results.length === 1;
}

/** Gives an entry another access token in place of the one in `entry`, and returns the entry as it is then: of several
 *  simultaneous calls the first decides, and all return its choice. */
export async function replaceAccess(db: D1Database, entry: Entry, access: AccessPart): Promise<Entry> {
  const [, after] = await db.batch([
    db
      .prepare(
        `UPDATE refresh_tokens SET access_id = ?, access_issued = ?, access_expires = ?, access_key = ?
         WHERE id = ? AND access_id = ?`,
      )
      .bind(
        access.access_id,
        access.access_issued,
        access.access_expires,
        access.access_key,
        entry.id,
        entry.access_id,
      ),
    db.prepare("SELECT * FROM refresh_tokens WHERE id = ?").bind(entry.id),
  ]);
  return (after?.results[0] as Entry | undefined) ?? entry;
}

/** Ends a session: no token of the family can be exchanged any more, nor one that is being made at this moment. */
export async function revokeFamily(
  db: D1Database,
  family: string,
  because: "reuse" | "logout",
  now: number,
): Promise<void> {
  await db
    .prepare("UPDATE refresh_tokens SET revoked = ?, revoked_because = ? WHERE family = ? AND revoked IS NULL")
    .bind(now, because, family)
    .run();
}

/** The family of a token; `null` when the ledger does not know it. */
export async function familyOf(db: D1Database, id: string): Promise<string | null> {
  return db.prepare("SELECT family FROM refresh_tokens WHERE id = ?").bind(id).first<string>("family");
}

/** Forgets tokens that have expired: their signature already refuses them. Returns how many. */
export async function deleteExpired(db: D1Database, now: number): Promise<number> {
  const { meta } = await db.prepare("DELETE FROM refresh_tokens WHERE expires <= ?").bind(now).run();
  return meta.changes;
}
