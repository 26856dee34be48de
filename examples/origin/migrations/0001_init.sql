-- All times are whole seconds since 1970, as in the tokens themselves.

CREATE TABLE users (
  id            TEXT    NOT NULL PRIMARY KEY,            -- the `sub` of this user's tokens
  email         TEXT    NOT NULL UNIQUE COLLATE NOCASE,
  password_hash TEXT    NOT NULL,                        -- PBKDF2-HMAC-SHA-256, 32 bytes, hex
  salt          TEXT    NOT NULL,                        -- 16 random bytes, hex
  iterations    INTEGER NOT NULL CHECK (iterations > 0),
  scope         TEXT    NOT NULL DEFAULT '',             -- the most this user may ask for, space-separated
  created       INTEGER NOT NULL DEFAULT (unixepoch())
) STRICT;

-- The ledger: one row for each refresh token ever issued. A signature only says that a token was issued here;
-- whether it is still good is for its row to say. No token is stored, only what it takes to sign it again.
CREATE TABLE refresh_tokens (
  id              TEXT    NOT NULL PRIMARY KEY,          -- the token's `jti`
  user            TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  family          TEXT    NOT NULL,                      -- one login and everything it was exchanged for
  scope           TEXT    NOT NULL,
  issued          INTEGER NOT NULL,
  expires         INTEGER NOT NULL,
  used            INTEGER,                               -- when it was exchanged; NULL while it has not been
  revoked         INTEGER,
  revoked_because TEXT    CHECK (revoked_because IN ('reuse', 'logout')),

  -- For answering the same question twice with the same answer.
  idempotency_key TEXT,                                  -- the key under which this token was exchanged
  successor       TEXT    REFERENCES refresh_tokens (id) ON DELETE SET NULL,
  refresh_key     TEXT    NOT NULL,                      -- which key signed this token

  -- The access token that was issued together with this refresh token.
  access_id       TEXT    NOT NULL,
  access_issued   INTEGER NOT NULL,
  access_expires  INTEGER NOT NULL,
  access_key      TEXT    NOT NULL
) STRICT;

CREATE INDEX refresh_tokens_by_family    ON refresh_tokens (family);
CREATE INDEX refresh_tokens_by_user      ON refresh_tokens (user);
CREATE INDEX refresh_tokens_by_expiry    ON refresh_tokens (expires);
-- Deleting a row has to find the rows that name it as their successor.
CREATE INDEX refresh_tokens_by_successor ON refresh_tokens (successor);

CREATE TABLE events (
  id     TEXT    NOT NULL PRIMARY KEY,
  title  TEXT    NOT NULL,
  place  TEXT    NOT NULL,
  starts INTEGER NOT NULL
) STRICT;

CREATE INDEX events_by_start ON events (starts);

-- `user` refers to no row of `users`: the gate vouches for it, and a runner's position is not thrown away because
-- an account was deleted while their access token still had a few minutes to run.
CREATE TABLE positions (
  id          TEXT    NOT NULL PRIMARY KEY,
  user        TEXT    NOT NULL,
  lat         REAL    NOT NULL CHECK (lat BETWEEN -90 AND 90),
  lon         REAL    NOT NULL CHECK (lon BETWEEN -180 AND 180),
  recorded_at INTEGER NOT NULL
) STRICT;

CREATE INDEX positions_by_user ON positions (user, recorded_at);
