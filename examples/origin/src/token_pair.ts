// A pair of tokens, as a ledger entry and as the answer that a client gets. The entry is made first and holds all that
// varies; the answer is computed from it. The same entry therefore always gives the same bytes.

import type { Configuration } from "./configuration.ts";
import { keyForRepeating, signingKey } from "./key_ring.ts";
import type { AccessPart, Entry, NewEntry } from "./ledger.ts";
import { json } from "./responses.ts";
import { signAccessToken, signRefreshToken } from "./tokens.ts";

/** The entry of a new pair; `null` when a ring has no key left that may sign. */
export function newEntry(
  configuration: Configuration,
  session: Pick<Entry, "user" | "family" | "scope">,
  now: number,
): NewEntry | null {
  const access = newAccess(configuration, now);
  const refreshKey = signingKey(configuration.refreshKeys, now);
  if (access === null || refreshKey === undefined) {
    return null;
  }
  return {
    id: crypto.randomUUID(),
    ...session,
    issued: now,
    expires: now + configuration.refreshTtl,
    refresh_key: refreshKey.id,
    ...access,
  };
}

/** A new access token for an entry. */
export function newAccess(configuration: Configuration, now: number): AccessPart | null {
  const key = signingKey(configuration.accessKeys, now);
  return key === undefined
    ? null
    : {
        access_id: crypto.randomUUID(),
        access_issued: now,
        access_expires: now + configuration.accessTtl,
        access_key: key.id,
      };
}

/** Whether the refresh token of an entry can be signed again. */
export function refreshIsRepeatable(configuration: Configuration, entry: Entry, now: number): boolean {
  return keyForRepeating(configuration.refreshKeys, entry.refresh_key, now) !== undefined;
}

/** Whether the access token of an entry can be signed again, and would still be of use. */
export function accessIsRepeatable(configuration: Configuration, entry: Entry, now: number): boolean {
  return now < entry.access_expires && keyForRepeating(configuration.accessKeys, entry.access_key, now) !== undefined;
}

/** The token response of an entry, RFC 6749 §5.1; `null` when a key that signed it is gone. */
export async function tokenResponse(
  configuration: Configuration,
  entry: NewEntry,
  now: number,
): Promise<Response | null> {
  const accessKey = keyForRepeating(configuration.accessKeys, entry.access_key, now);
  const refreshKey = keyForRepeating(configuration.refreshKeys, entry.refresh_key, now);
  if (accessKey === undefined || refreshKey === undefined) {
    return null;
  }
  const { issuer, audience, clientId } = configuration;
  const access = await signAccessToken(accessKey, {
    iss: issuer,
    aud: audience,
    sub: entry.user,
    ...(clientId === undefined ? {} : { client_id: clientId }),
    iat: entry.access_issued,
    exp: entry.access_expires,
    jti: entry.access_id,
    scope: entry.scope,
    token_use: "access",
  });
  const refresh = await signRefreshToken(refreshKey, {
    iss: issuer,
    aud: audience,
    sub: entry.user,
    iat: entry.issued,
    exp: entry.expires,
    jti: entry.id,
    token_use: "refresh",
  });
  return json(200, {
    access_token: access,
    token_type: "Bearer",
    // Counted from when the token was issued, also when the answer is repeated: `exp` tells when that was.
    expires_in: entry.access_expires - entry.access_issued,
    refresh_token: refresh,
    scope: entry.scope,
  });
}
