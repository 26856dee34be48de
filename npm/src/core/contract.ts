/** The public shapes of `inspect`, `explain` and `createVerifier`. All times are in seconds since 1970. */

/** JSON, as `JSON.parse` reads it. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [member: string]: JsonValue };

/** A JSON object, as `JSON.parse` reads it. */
export type JsonObject = { [member: string]: JsonValue };

/** What `init` loads the wasm module from. */
export type InitSource = string | Global<"URL"> | Global<"Response"> | ArrayBuffer | ArrayBufferView | WasmModule;

/** A class of the platform, where the compilation knows it: not every project has the DOM's types. */
type Global<Name extends string> = typeof globalThis extends { [name in Name]: { prototype: infer Instance } } ? Instance : never;
type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } } ? Module & object : never;

/** Why a token is refused: the same in the gate, the tool and here. */
export type VerdictCode =
  | "missing_token"
  | "multiple_tokens"
  | "token_too_large"
  | "malformed_token"
  | "algorithm_not_allowed"
  | "critical_header_unsupported"
  | "key_not_found"
  | "key_not_active"
  | "key_retired"
  | "key_revoked"
  | "signature_mismatch"
  | "malformed_claims"
  | "claim_missing"
  | "expired"
  | "not_yet_valid"
  | "issued_in_future"
  | "token_too_old"
  | "issuer_mismatch"
  | "audience_mismatch"
  | "type_mismatch"
  | "token_revoked"
  | "insufficient_scope"
  | "configuration_invalid";

/** What is behind a refusal, where more is known than its verdict code. */
export type Diagnosis =
  | "not_a_jwt"
  | "jwe_token"
  | "bearer_prefix"
  | "quoted_token"
  | "surrounding_whitespace"
  | "url_encoded_token"
  | "truncated_token"
  | "concatenated_tokens"
  | "base64_not_url_safe"
  | "alg_none"
  | "key_type_confusion"
  | "signed_with_retired_key"
  | "signed_with_future_key"
  | "signed_with_revoked_key"
  | "signed_with_other_ring"
  | "wrong_kid"
  | "secret_encoding"
  | "placeholder_secret"
  | "refresh_token_used_as_access"
  | "access_token_used_as_refresh"
  | "id_token_used_as_access"
  | "timestamps_in_milliseconds"
  | "timestamps_as_strings"
  | "clock_skew"
  | "no_expiry"
  | "lifetime_too_long"
  | "key_ends_before_token"
  | "secret_in_claims"
  | "ok";

export type CauseCode = VerdictCode | Diagnosis;

/** Who has to act. */
export type Party = "client" | "issuer" | "operator" | "attacker" | "nobody";

/** What the caller should do next. */
export type Action = "none" | "refresh" | "login" | "retry" | "stop";

/** The checks of a verification, in their order. */
export type CheckName =
  | "size"
  | "shape"
  | "header"
  | "algorithm"
  | "key"
  | "signature"
  | "claims"
  | "expiry"
  | "not_before"
  | "issued_at"
  | "token_age"
  | "issuer"
  | "audience"
  | "type"
  | "required_claims"
  | "scope";

/** `not_reached`: an earlier check failed. `not_checked`: there was nothing to check it with. */
export type CheckOutcome = "passed" | "failed" | "not_reached" | "not_checked";

/** `error`: the token is or would be refused for it. */
export type FindingLevel = "error" | "warning" | "note";

/** Which of the two tokens it is. */
export type TokenKind = "access" | "refresh";

/** The root of the matter. */
export interface Cause {
  code: CauseCode;
  party: Party;
  action: Action;
  /** One sentence. */
  summary: string;
  /** What to do, with what was seen and what was expected; never a secret. */
  fix: string;
}

/** One thing that was noticed. */
export interface Finding extends Cause {
  level: FindingLevel;
}

export interface Check {
  check: CheckName;
  outcome: CheckOutcome;
  /** Where it failed. */
  code: VerdictCode | null;
  /** A short phrase for people. */
  detail: string;
}

/** What `explain` returns. */
export interface Report {
  cause: Cause;
  /** All of them, the cause first. */
  findings: Finding[];
  checks: Check[];
  /** As far as it could be read; whoever wrote it. */
  header: JsonObject | null;
  /** As far as they could be read; whoever wrote them. */
  claims: JsonObject | null;
  /** What a verifier with this context says; `null` without keys. */
  verdict: { valid: boolean; code: VerdictCode | null; kid: string | null } | null;
  not_checked: CheckName[];
  /** `fingerprint`: the first 16 hex digits of SHA-256 over the token, as in the gate's log. */
  token: { bytes: number; fingerprint: string };
  times: { now: number; server_now: number | null; leeway: number; iat?: number; nbf?: number; exp?: number };
}

/** A JWK Set (RFC 7517 §5) of `oct` keys, each with `alg`; an object or its JSON text. */
export type KeySet = string | { readonly keys: readonly object[] };

/** What is demanded of claims: the members of the gate's `[vars.GATE]` that concern them, spelt as there. */
export interface Policy {
  issuer?: string | readonly string[];
  audience?: string | readonly string[];
  /** Clock skew tolerated, in seconds. Default 30. */
  leeway?: number;
  /** The longest time since `iat`, in seconds. */
  max_token_age?: number;
  /** The longest token, in bytes. Default 8192. */
  max_token_bytes?: number;
  /** Default `["exp"]`. */
  required_claims?: readonly string[];
  access_types?: readonly string[];
  refresh_types?: readonly string[];
  unknown_kid?: "reject" | "try_all";
}

/** What `explain` may know. All of it is optional, and nothing in it makes a token pass. */
export interface Context {
  accessKeys?: KeySet;
  refreshKeys?: KeySet;
  policy?: Policy;
  /** The clock of whoever explains. Default: this machine's. */
  now?: number;
  /** The verifier's clock, when it is known, for example from a `Date` header. */
  serverNow?: number;
  /** Default `access`. */
  kind?: TokenKind;
  /** What the request needs: scope tokens, in an array or separated by spaces. */
  scope?: string | readonly string[];
}

export interface InspectOptions {
  /** The time that `seconds_from_now` counts from. Default: this machine's clock. */
  now?: number;
}

/** A registered time of a token. */
export interface InspectedTime {
  /** RFC 3339; `null` where the claim is no time in seconds. */
  utc: string | null;
  /** Negative when it has passed. */
  seconds_from_now: number | null;
}

/** What `inspect` returns: what a token says, whoever wrote it. */
export interface Inspection {
  /** Always: nothing has been verified. */
  verified: false;
  header: JsonObject | null;
  claims: JsonObject | null;
  signature: { bytes: number } | null;
  /** The length of the token. */
  bytes: number;
  /** The first 16 hex digits of SHA-256 over the token, as in the gate's log. */
  fingerprint: string;
  times: { iat?: InspectedTime; nbf?: InspectedTime; exp?: InspectedTime };
  /** Why it could not be decoded, or not all of it. */
  faults: Fault[];
  /** Why no key and no policy would make it pass, although it could be decoded. */
  refused: Fault | null;
}

export interface Fault {
  code: VerdictCode;
  detail: string;
}

export interface VerifierOptions {
  /** The keys of access tokens. */
  keys: KeySet;
  /** The keys of refresh tokens; needed to verify with `kind: "refresh"`. */
  refreshKeys?: KeySet;
  policy?: Policy;
}

export interface VerifyOptions {
  /** Default: this machine's clock. */
  now?: number;
  /** Default `access`. */
  kind?: TokenKind;
  /** What the token's scope must hold: scope tokens, in an array or separated by spaces. */
  scope?: string | readonly string[];
}

/** Registered claims (RFC 7519 §4.1) as the verifier has checked them, and all others. */
export interface Claims {
  iss?: string;
  sub?: string;
  aud?: string | string[];
  exp?: number;
  nbf?: number;
  iat?: number;
  jti?: string;
  scope?: string | string[];
  scp?: string | string[];
  [claim: string]: JsonValue | undefined;
}

/** The outcome of verifying one token. `kid` is of the key that made the signature, or that the refusal is about. */
export type Verdict = Accepted | Refused;

export interface Accepted {
  valid: true;
  code: null;
  action: "none";
  kid: string | null;
  detail: null;
  claims: Claims;
}

export interface Refused {
  valid: false;
  code: VerdictCode;
  action: Action;
  kid: string | null;
  /** What exactly was wrong: names, types and lengths, never a value. For logs and developers. */
  detail: string;
  claims: null;
}

/** Keys and policy, read once. */
export interface Verifier {
  /**
   * Verifies one token. What is wrong with the token is in the verdict; throws a `TypeError` or `RangeError` for what is
   * wrong with the call, such as a misspelt option.
   */
  verify(token: string, options?: VerifyOptions): Verdict;
  /** What was noticed about keys and policy that is no error, such as a weak legacy secret. */
  readonly warnings: readonly ConfigurationFinding[];
  /** Wipes the keys from memory. The verifier is of no use after. Happens by itself when it is garbage collected. */
  free(): void;
}

/** One thing that is wrong with keys, policy or context. Never shows a secret. */
export interface ConfigurationFinding {
  /** A stable string, such as `keys_secret_too_short`. */
  code: string;
  detail: string;
  severity: "error" | "warning";
}
