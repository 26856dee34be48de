// The gate with its refresh gate, in workerd through Miniflare, in front of an origin whose answers a test scripts.

import { randomBytes } from "node:crypto";

import { startGate } from "../edge/gate_fixture.mjs";
import { claims, keySet, newKey, now, sign } from "../edge/tokens.mjs";

/**
 * Starts a gate that refreshes, and an origin that answers questions with `answer(question)`: an object `{ status, body, headers }`,
 * or a function of the response. By default it gives out a fresh pair for the same subject.
 *
 * Besides what `startGate` returns: `access`, `refresh`, the keys; `pairFor(subject, changes)`; `refreshToken(changes)`; `questions`, what
 * the origin was asked; `post(path, fields, init)`, a form.
 */
export async function startRefreshGate({ refresh = {}, gate = {}, cookies, ...settings } = {}) {
  const keys = { access: newKey("access-1"), refresh: newKey("refresh-1") };
  const table = { ...gate, refresh: { url: "/refresh", revoke_url: "/revoke", ...refresh }, ...(cookies ? { cookies } : {}) };
  const fixture = await startGate({
    secrets: { ACCESS_KEYS: keySet(keys.access), REFRESH_KEYS: keySet(keys.refresh) },
    gate: table,
    durableObjects: { REFRESH_GATE: { className: "RefreshGate", useSQLite: true } },
    ...settings,
  });
  const plain = fixture.origin.respond;
  const questions = [];
  Object.assign(fixture, {
    keys,
    questions,
    refreshToken: (changes = {}, key = keys.refresh) =>
      sign(key, claims({ sub: `user-${randomBytes(4).toString("hex")}`, token_use: "refresh", ...changes }), { typ: "rt+jwt" }),
    pairFor: (subject, { access = {}, refresh: changes = {}, accessKey = keys.access, refreshKey = keys.refresh } = {}) => ({
      access_token: sign(accessKey, claims({ sub: subject, ...access })),
      token_type: "Bearer",
      expires_in: 600,
      refresh_token: sign(refreshKey, claims({ sub: subject, exp: now() + 3600, ...changes }), { typ: "rt+jwt" }),
      scope: "read",
    }),
    answer: (question) => ({ status: 200, body: fixture.pairFor(question.sub) }),
    post: (path, fields, init = {}) =>
      fetch(fixture.url + path, { method: "POST", body: new URLSearchParams(fields), redirect: "manual", ...init }),
  });
  fixture.origin.respond = async (request, response, seen) => {
    if (!/^\/(refresh|revoke)$/.test(seen.url)) return plain(request, response, seen);
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const json = request.headers["content-type"] === "application/json";
    const fields = json ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text));
    const token = fields.refresh_token ?? fields.token;
    const sub = JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString()).sub;
    const question = { path: seen.url, fields, sub, headers: request.headers };
    questions.push(question);
    const answer = await fixture.answer(question, response);
    if (!answer) return;
    const { status = 200, body, headers = {} } = answer;
    response.writeHead(status, { "Content-Type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
  return fixture;
}
