// Before anything is measured: every gate does the job that the comparison is about.

import { sendOne } from "./load.mjs";
import { apiRequest } from "./requests.mjs";
import { newIssuer } from "./tokens.mjs";

const FORGED = ["X-Auth-Subject: root", "X-Auth-Key-Id: 0", "X-Auth-Scope: everything", "X-Auth-Expires: 9", "X-Request-Id: 0"];

/** Throws when the gate behind `port` lets a bad token through, refuses a good one, or hands on a forged identity. */
export async function assertSameJob(name, port, issuer) {
  const now = Math.floor(Date.now() / 1000);
  const good = issuer.sign({ sub: "user-1", scope: "events:read", exp: now + 3600 });
  const bad = {
    "no token": undefined,
    "an expired token": issuer.sign({ exp: now - 3600 }),
    "another issuer": issuer.sign({ iss: "https://elsewhere.example.com" }),
    "another audience": issuer.sign({ aud: "https://elsewhere.example.com" }),
    "another secret": newIssuer().sign(),
    "a cut-off token": good.slice(0, -4),
  };
  for (const [what, token] of Object.entries(bad)) {
    const { status, head } = await sendOne(port, apiRequest(token));
    if (status !== 401 || !/application\/problem\+json/i.test(head)) throw new Error(`${name}: ${what} gets ${status}`);
  }
  const { status, body } = await sendOne(port, apiRequest(good, "/identity", FORGED));
  if (status !== 200) throw new Error(`${name}: a good token gets ${status}: ${body.slice(0, 300)}`);
  const { "x-request-id": requestId, ...identity } = JSON.parse(body);
  const expected = {
    "x-auth-subject": "user-1",
    "x-auth-key-id": issuer.kid,
    "x-auth-scope": "events:read",
    "x-auth-expires": String(now + 3600),
  };
  if (JSON.stringify(identity) !== JSON.stringify(expected)) throw new Error(`${name}: the origin is told ${body}`);
  if (!(requestId?.length > 8)) throw new Error(`${name}: no X-Request-Id of its own`);
}
