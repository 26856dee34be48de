// Fresh access tokens with the claims that an auth server typically writes: 382 bytes each, no two alike.

import { createHmac, randomBytes } from "node:crypto";

export const ISSUER = "https://auth.example.com";
export const AUDIENCE = "https://api.example.com";

const KID = "2026-04";

/** A fresh HS256 key: the JWK Set for the gates, and `sign(changes)` for tokens under it. */
export function newIssuer() {
  const secret = randomBytes(32);
  const header = encode({ alg: "HS256", typ: "JWT", kid: KID });
  return {
    kid: KID,
    jwkSet: JSON.stringify({ keys: [{ kty: "oct", kid: KID, alg: "HS256", k: secret.toString("base64url") }] }),
    sign(changes = {}) {
      const iat = Math.floor(Date.now() / 1000) - 5;
      const claims = {
        iss: ISSUER,
        aud: AUDIENCE,
        sub: `user-${randomBytes(6).toString("hex")}`,
        iat,
        exp: iat + 3600,
        jti: randomBytes(8).toString("hex"),
        scope: "events:read positions:write",
        client_id: "runner",
        ...changes,
      };
      const signed = `${header}.${encode(claims)}`;
      return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
    },
  };
}

export function freshTokens(issuer, count) {
  return Array.from({ length: count }, () => issuer.sign());
}

function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
