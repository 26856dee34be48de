// What the stable strings of a report mean, in the element's own words.

export const PARTIES: Readonly<Record<string, string>> = {
  client: "The client",
  issuer: "The issuer of the token",
  operator: "The operator of the verifier",
  attacker: "Your security people: treat it as an attack",
  nobody: "Nobody",
};

export const ACTIONS: Readonly<Record<string, string>> = {
  none: "Nothing",
  refresh: "Refresh once, then repeat the request once",
  login: "Go to the login screen, and send nothing until then",
  retry: "Try again later, unchanged",
  stop: "Stop: neither a refresh nor a login mends it",
};

export const LEVELS: Readonly<Record<string, string>> = { error: "Error", warning: "Warning", note: "Note" };

export const OUTCOMES: Readonly<Record<string, string>> = {
  passed: "passed",
  failed: "failed",
  not_reached: "not reached",
  not_checked: "not checked",
};

export const CHECKS: Readonly<Record<string, string>> = {
  size: "Size",
  shape: "Shape",
  header: "Header",
  algorithm: "Algorithm",
  key: "Key",
  signature: "Signature",
  claims: "Claims",
  expiry: "Expiry",
  not_before: "Not before",
  issued_at: "Issued at",
  token_age: "Age",
  issuer: "Issuer",
  audience: "Audience",
  type: "Type",
  required_claims: "Required claims",
  scope: "Scope",
};

export const HEADER_PARAMETERS: Readonly<Record<string, string>> = {
  alg: "algorithm",
  typ: "type of token",
  kid: "which key",
  cty: "type of content",
  crit: "must be understood",
  jku: "where keys are; never followed",
  x5u: "where certificates are; never followed",
  jwk: "a key; never trusted",
  x5c: "certificates; never trusted",
  x5t: "which certificate",
  b64: "whether the payload is encoded",
  zip: "compression",
  enc: "encryption",
};

export const CLAIMS: Readonly<Record<string, string>> = {
  iss: "issuer",
  sub: "subject",
  aud: "audience",
  exp: "expires",
  nbf: "not before",
  iat: "issued at",
  jti: "id of the token",
  scope: "what it allows",
  scp: "what it allows",
  client_id: "client",
  azp: "authorised party",
  auth_time: "signed in at",
  updated_at: "profile updated",
  nonce: "nonce of the login",
  sid: "session",
  acr: "how sure the login was",
  amr: "how the login was done",
  at_hash: "hash of the access token",
  cnf: "bound to a key",
  act: "who acts",
  token_use: "kind of token",
  token_type: "kind of token",
  type: "kind of token",
};

/** A stable string that has no words here, for example of a newer core: without its underscores. */
export function words(of: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(of, name) ? (of[name] ?? name) : name.replaceAll("_", " ");
}
