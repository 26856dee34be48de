// One example for each cause, made when it is clicked: token, keys, policy and time, so that the cause is exactly that one.

import { decoded, freshKey, keyOfText, mac, randomSegment, segment, signed, unsigned, type Jwk, type Members } from "./minting.js";
import { base64url, type KeySet } from "./key_text.js";

/** What an example puts into the fields. */
export interface Example {
  readonly token: string;
  readonly accessKeys?: KeySet;
  readonly refreshKeys?: KeySet;
  readonly policy?: Members;
  readonly scope?: string;
  readonly kind?: "access" | "refresh";
  readonly now: number;
  readonly serverNow?: number;
}

export interface ExampleGroup {
  readonly name: string;
  /** By the code of the cause. */
  readonly recipes: Readonly<Record<string, (now: number) => Promise<Example>>>;
}

const ISSUER = "https://auth.example.com";
const AUDIENCE = "https://api.example.com";
const POLICY = { issuer: ISSUER, audience: AUDIENCE, leeway: 30 };
const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** The claims of a good access token, five minutes old. */
function claims(now: number, more: Members = {}): Members {
  return { iss: ISSUER, sub: "user-1842", aud: AUDIENCE, scope: "events:read", iat: now - 5 * MINUTE, exp: now + 10 * MINUTE, ...more };
}

function ring(...keys: readonly Jwk[]): KeySet {
  return { keys };
}

/** A token that is as it should be, but for what is said. */
async function minted(now: number, more: Members = {}, header: Members = {}): Promise<Example> {
  const key = freshKey("2026-11");
  return { token: await signed(key, claims(now, more), header), accessKeys: ring(key, freshKey("2026-10")), policy: POLICY, now };
}

/** A good token, copied in a bad way. */
async function copied(now: number, spoil: (token: string) => string | Promise<string>): Promise<Example> {
  const good = await minted(now);
  return { ...good, token: await spoil(good.token) };
}

/** A good token under a key whose life has a limit. */
async function underKey(now: number, life: Members, more: Members = {}): Promise<Example> {
  const key = freshKey("2026-10", life);
  return { token: await signed(key, claims(now, more)), accessKeys: ring(freshKey("2026-11"), key), policy: POLICY, now };
}

const copies: ExampleGroup = {
  name: "Copied wrongly",
  recipes: {
    not_a_jwt: async (now) => ({ ...(await minted(now)), token: randomSegment(30).replaceAll(/[-_]/g, "x") }),
    bearer_prefix: (now) => copied(now, (token) => `Bearer ${token}`),
    quoted_token: (now) => copied(now, (token) => `"${token}"`),
    surrounding_whitespace: (now) => copied(now, (token) => `  ${token}\n`),
    url_encoded_token: (now) => copied(now, (token) => token.replaceAll(".", "%2E")),
    truncated_token: (now) => copied(now, (token) => token.slice(0, -17)),
    concatenated_tokens: (now) => copied(now, (token) => token + token),
    base64_not_url_safe: (now) => copied(now, (token) => token.split(".").map(standardBase64).join(".")),
    malformed_token: (now) => minted(now, {}, { alg: 256 }),
    token_too_large: (now) => minted(now, { groups: Array.from({ length: 700 }, (_, index) => `group-${index}`) }),
  },
};

/** The same bytes in the alphabet of RFC 4648 §4, padded. */
function standardBase64(text: string): string {
  return text.replaceAll("-", "+").replaceAll("_", "/").padEnd(Math.ceil(text.length / 4) * 4, "=");
}

const signatures: ExampleGroup = {
  name: "Keys and signatures",
  recipes: {
    signature_mismatch: async (now) => ({ ...(await minted(now)), accessKeys: ring(freshKey("2026-11")) }),
    key_not_found: async (now) => ({ ...(await minted(now)), accessKeys: ring(freshKey("2026-12")) }),
    wrong_kid: async (now) => {
      const [newer, older] = [freshKey("2026-11"), freshKey("2026-10")];
      return { token: await signed(older, claims(now), { kid: "2026-11" }), accessKeys: ring(newer, older), policy: POLICY, now };
    },
    secret_encoding: async (now) => {
      // The issuer decodes what is in its settings, the verifier takes the text as it stands there.
      const text = base64url(crypto.getRandomValues(new Uint8Array(36)));
      const { alg, kid } = keyOfText("2026-11", text) as { alg: string; kid: string };
      const input = unsigned({ alg, typ: "at+jwt", kid }, claims(now));
      const signature = await mac(alg, decoded(text), new TextEncoder().encode(input));
      return { token: `${input}.${base64url(signature)}`, accessKeys: ring(keyOfText(kid, text)), policy: POLICY, now };
    },
    signed_with_other_ring: async (now) => {
      const refresh = freshKey("refresh-2026-11");
      return {
        token: await signed(refresh, claims(now)),
        accessKeys: ring(freshKey("2026-11")),
        refreshKeys: ring(refresh),
        policy: POLICY,
        now,
      };
    },
    signed_with_retired_key: (now) => underKey(now, { exp: now - HOUR }),
    signed_with_future_key: (now) => underKey(now, { nbf: now + DAY }),
    signed_with_revoked_key: (now) => underKey(now, { revoked: { revoked_at: now - HOUR, reason: "compromised" } }),
    placeholder_secret: async (now) => ({
      token: await signed(keyOfText("2026-11", "changeme"), claims(now)),
      accessKeys: ring(freshKey("2026-11")),
      policy: POLICY,
      now,
    }),
    configuration_invalid: async (now) => {
      const key = keyOfText("2026-11", "ACCESS_SECRET");
      return { token: await signed(freshKey("2026-11"), claims(now)), accessKeys: ring(key), policy: POLICY, now };
    },
    alg_none: async (now) => ({ ...(await minted(now)), token: `${unsigned({ alg: "none", typ: "at+jwt" }, claims(now))}.` }),
    key_type_confusion: async (now) => ({
      ...(await minted(now)),
      token: `${unsigned({ alg: "RS256", typ: "at+jwt", kid: "2026-11" }, claims(now))}.${randomSegment(256)}`,
    }),
    algorithm_not_allowed: async (now) => {
      const key = freshKey("elsewhere", { alg: "HS512" });
      return { token: await signed(key, claims(now), { kid: undefined }), accessKeys: ring(freshKey("2026-11")), policy: POLICY, now };
    },
    critical_header_unsupported: (now) => minted(now, {}, { crit: ["urn:example:rule"], "urn:example:rule": true }),
    jwe_token: async (now) => ({
      ...(await minted(now)),
      token: [segment({ alg: "RSA-OAEP-256", enc: "A256GCM" }), ...[256, 12, 96, 16].map(randomSegment)].join("."),
    }),
  },
};

const kinds: ExampleGroup = {
  name: "Meant for something else",
  recipes: {
    refresh_token_used_as_access: (now) => minted(now, { token_use: "refresh" }, { typ: "rt+jwt" }),
    access_token_used_as_refresh: async (now) => {
      const key = freshKey("refresh-2026-11");
      return { token: await signed(key, claims(now, { token_use: "access" })), refreshKeys: ring(key), policy: POLICY, kind: "refresh", now };
    },
    id_token_used_as_access: (now) =>
      minted(now, { aud: "web-dashboard", nonce: randomSegment(9), at_hash: randomSegment(16), scope: undefined, name: "Ada" }, { typ: "JWT" }),
    audience_mismatch: (now) => minted(now, { aud: "https://billing.example.com" }),
    issuer_mismatch: (now) => minted(now, { iss: "https://staging.auth.example.com" }),
    type_mismatch: (now) => minted(now, {}, { typ: "logout+jwt" }),
    insufficient_scope: async (now) => ({ ...(await minted(now)), scope: "events:write" }),
  },
};

const times: ExampleGroup = {
  name: "Times and claims",
  recipes: {
    expired: (now) => minted(now, { iat: now - 3 * HOUR, exp: now - 2 * HOUR }),
    not_yet_valid: (now) => minted(now, { nbf: now + 2 * HOUR, exp: now + 3 * HOUR }),
    issued_in_future: (now) => minted(now, { iat: now + 2 * DAY, exp: now + 3 * DAY }),
    clock_skew: async (now) => ({ ...(await minted(now, { iat: now - 4, exp: now + 15 * MINUTE })), serverNow: now - 4 * MINUTE }),
    token_too_old: async (now) => ({
      // Its last moment: the leeway still bears with its end, and no longer with its age.
      ...(await minted(now, { iat: now - HOUR - 40, exp: now - 15 })),
      policy: { ...POLICY, max_token_age: HOUR },
    }),
    timestamps_in_milliseconds: (now) => minted(now, { iat: (now - 5 * MINUTE) * 1000, exp: (now + 10 * MINUTE) * 1000 }),
    timestamps_as_strings: (now) => minted(now, { iat: String(now - 5 * MINUTE), exp: String(now + 10 * MINUTE) }),
    no_expiry: (now) => minted(now, { exp: undefined }),
    lifetime_too_long: (now) => minted(now, { exp: now + 5 * 365 * DAY }),
    claim_missing: async (now) => ({ ...(await minted(now, { sub: undefined })), policy: { ...POLICY, required_claims: ["exp", "sub"] } }),
    malformed_claims: (now) => minted(now, { aud: { api: AUDIENCE } }),
  },
};

const fine: ExampleGroup = { name: "Nothing wrong", recipes: { ok: (now) => minted(now) } };

export const exampleGroups: readonly ExampleGroup[] = [fine, copies, signatures, kinds, times];
