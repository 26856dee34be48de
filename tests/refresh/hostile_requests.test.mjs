// Requests and answers as nobody means them: what is not one clear question is not asked, and nothing that is in a token or in an
// answer of the origin becomes a header.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { now } from "../edge/tokens.mjs";
import { startRefreshGate } from "./refresh_fixture.mjs";

const ACCESS = "__Host-access";
const REFRESH = "__Host-refresh";

let gate;
before(async () => {
  gate = await startRefreshGate({ cookies: { login_path: "/login" } });
});
after(() => gate.dispose());
beforeEach(() => {
  gate.questions.length = 0;
  gate.answer = ({ sub }) => ({ status: 200, body: gate.pairFor(sub) });
});

const post = async (path, body, headers = {}) => {
  const response = await fetch(gate.url + path, { method: "POST", body, headers, redirect: "manual" });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
};
const JSON_BODY = { "Content-Type": "application/json" };
const FORM = { "Content-Type": "application/x-www-form-urlencoded" };
const CSRF = { "X-Edgewarden-CSRF": "1" };
const cookiesOf = (pair) => ({ Cookie: `${ACCESS}=${pair.access_token}; ${REFRESH}=${pair.refresh_token}` });

test("a body that is no single question is refused, and nobody is asked", async () => {
  const [one, other] = [gate.refreshToken(), gate.refreshToken()];
  const bodies = {
    "a form with two": [`refresh_token=${one}&refresh_token=${other}`, FORM],
    "a form with the same twice": [`refresh_token=${one}&refresh_token=${one}`, FORM],
    "a form with both names": [`refresh_token=${one}&token=${other}`, FORM],
    "JSON with two": [`{"refresh_token":"${one}","refresh_token":"${other}"}`, JSON_BODY],
    "JSON with two, one of them escaped": [`{"refresh_token":"${one}","refresh_t\\u006fken":"${other}"}`, JSON_BODY],
    "JSON with both names": [JSON.stringify({ refresh_token: one, token: other }), JSON_BODY],
    "a JSON array": [JSON.stringify([one]), JSON_BODY],
    "a JSON text": [JSON.stringify(one), JSON_BODY],
    "JSON that breaks off": [`{"refresh_token":"${one}"`, JSON_BODY],
    "an array of tokens": [JSON.stringify({ refresh_token: [one] }), JSON_BODY],
    "a number": [JSON.stringify({ refresh_token: 5 }), JSON_BODY],
    "null": [JSON.stringify({ refresh_token: null }), JSON_BODY],
    "a grant type that is no text": [JSON.stringify({ refresh_token: one, grant_type: ["refresh_token"] }), JSON_BODY],
    "very deep JSON": [`{"a":${"[".repeat(20_000)}${"]".repeat(20_000)},"refresh_token":"${one}"}`, JSON_BODY],
  };
  for (const path of ["/auth/refresh", "/auth/logout"]) {
    for (const [what, [body, headers]] of Object.entries(bodies)) {
      const answer = await post(path, body, headers);
      const seen = [answer.status, answer.body.error, answer.body.code, answer.body.action];
      assert.deepEqual(seen, [400, "invalid_request", "malformed_request", "stop"], `${path}: ${what}`);
    }
  }
  assert.equal(gate.questions.length, 0);
});

test("an empty token, or none, is no token", async () => {
  const bodies = [["", FORM], ["refresh_token=", FORM], ["{}", JSON_BODY], ['{"refresh_token":""}', JSON_BODY], ["", JSON_BODY]];
  for (const [body, headers] of bodies) {
    const answer = await post("/auth/refresh", body, headers);
    assert.deepEqual([answer.status, answer.body.code], [400, "refresh_token_missing"], body);
  }
  const multipart = new FormData();
  multipart.set("refresh_token", gate.refreshToken());
  assert.equal((await post("/auth/refresh", multipart)).body.code, "refresh_token_missing");
  assert.equal(gate.questions.length, 0);
});

test("however a good question is spelt, it is asked, and the same token is the same question", async () => {
  const token = gate.refreshToken();
  const form = `grant_type=refresh_token&refresh_token=${token}`;
  const spellings = [
    [form, { "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8" }],
    [form, { "Content-Type": "APPLICATION/X-WWW-FORM-URLENCODED" }],
    [`refresh_token=${token.replaceAll(".", "%2E")}&client_id=a&client_id=b`, FORM],
    [`\uFEFF{"refresh_token":"${token}"}`, JSON_BODY],
    [` {"refresh_token":"${token}","client_id":null,"a":{"b":[1]}}`, { "Content-Type": "application/json;charset=utf-8" }],
    [`{"refresh_token":"${token.replaceAll(".", "\\u002e")}"}`, { "Content-Type": "text/plain" }],
  ];
  for (const [body, headers] of spellings) assert.equal((await post("/auth/refresh", body, headers)).status, 200, body);
  assert.equal(gate.questions.length, 1);
});

test("a token in the body and one in a cookie are two", async () => {
  const pair = gate.pairFor("ada");
  const headers = { ...FORM, ...CSRF, ...cookiesOf(pair) };
  for (const path of ["/auth/refresh", "/auth/logout"]) {
    const answer = await post(path, `refresh_token=${gate.refreshToken()}`, headers);
    assert.deepEqual([answer.status, answer.body.code, answer.body.action], [400, "multiple_tokens", "stop"]);
  }
  assert.equal(gate.questions.length, 0);
});

test("two cookies of one name are two tokens: whoever set the other one does not choose the session", async () => {
  const [ada, eve] = [gate.pairFor("ada"), gate.pairFor("eve")];
  const twice = {
    access: `${ACCESS}=${eve.access_token}; ${ACCESS}=${ada.access_token}`,
    refresh: `${REFRESH}=${eve.refresh_token}; ${REFRESH}=${ada.refresh_token}`,
  };
  for (const cookie of [twice.access, twice.refresh, `${ACCESS}=${ada.access_token}; ${twice.refresh}`]) {
    for (const path of ["/api", "/auth/session"]) {
      const response = await fetch(gate.url + path, { headers: { Cookie: cookie } });
      assert.deepEqual([response.status, (await response.json()).code], [400, "multiple_tokens"], `${path} ${cookie.slice(0, 20)}`);
    }
  }
  for (const path of ["/auth/refresh", "/auth/logout"]) {
    const answer = await post(path, "", { Cookie: twice.refresh, ...CSRF });
    assert.deepEqual([answer.status, answer.body.code], [400, "multiple_tokens"], path);
  }
  assert.equal(gate.questions.length, 0);
});

test("another site's page cannot sign anybody out: without the cookie, which browsers keep back, it clears nothing", async () => {
  const attempts = [["", FORM], ["refresh_token=x", FORM], [`refresh_token=${gate.refreshToken()}`, FORM]];
  for (const [body, headers] of attempts) {
    for (const origin of [{ Origin: "https://evil.test" }, { Origin: "null" }, {}]) {
      const answer = await post("/auth/logout", body, { ...headers, ...origin });
      assert.deepEqual(answer.headers.getSetCookie(), [], `${body.slice(0, 20)} ${JSON.stringify(origin)}`);
    }
  }
  const own = await post("/auth/logout", "", CSRF);
  assert.equal(own.headers.getSetCookie().length, 2);
});

test("what an origin puts beside the pair changes nothing", async () => {
  const beside = {
    "further members": { id_token: "x", error: "no", active: false, "set-cookie": "a=b" },
    "expires_in as a text": { expires_in: "600" },
    "a token type in capitals": { token_type: "BEARER" },
    "no token type": { token_type: undefined },
    "a scope with line breaks": { scope: "read\r\nSet-Cookie: a=b\n\nbody" },
    "a scope that is no text": { scope: ["read"] },
  };
  for (const [what, members] of Object.entries(beside)) {
    gate.answer = ({ sub }) => ({ status: 200, body: { ...gate.pairFor(sub), ...members } });
    const answer = await post("/auth/refresh", `refresh_token=${gate.refreshToken()}`, FORM);
    assert.equal(answer.status, 200, what);
    assert.ok(Number.isInteger(answer.body.expires_in) && answer.body.token_type === "Bearer", what);
    const known = ["access_token", "expires_in", "refresh_token", "scope", "token_type"];
    assert.ok(Object.keys(answer.body).every((name) => known.includes(name)), what);
    assert.deepEqual(answer.headers.getSetCookie(), []);
  }
});

test("what is no pair is none: nobody gets half of it, and nobody is signed out", async () => {
  const broken = {
    "another token type": { token_type: "mac" },
    "a token type that is no text": { token_type: 5 },
    "an access token that is no text": { access_token: ["a"] },
    "an empty access token": { access_token: "" },
    "a refresh token that is no text": { refresh_token: 5 },
  };
  for (const [what, members] of Object.entries(broken)) {
    gate.answer = ({ sub }) => ({ status: 200, body: { ...gate.pairFor(sub), ...members } });
    const answer = await post("/auth/refresh", `refresh_token=${gate.refreshToken()}`, FORM);
    assert.deepEqual([answer.status, answer.body.code, answer.body.action], [503, "origin_unavailable", "retry"], what);
  }
});

test("no text of the origin becomes a cookie or a header", async () => {
  const injected = "; Domain=evil.test\r\nSet-Cookie: a=b\r\n\r\n<script>";
  const old = () => gate.pairFor("ada", { access: { iat: now() - 1000, exp: now() - 100 } });
  for (const member of ["access_token", "refresh_token"]) {
    gate.answer = ({ sub }) => {
      const pair = gate.pairFor(sub);
      return {
        status: 200,
        body: { ...pair, [member]: pair[member] + injected },
        headers: { "Set-Cookie": "origin=1", "X-Edgewarden-Action": "none", "X-Auth-Subject": "eve" },
      };
    };
    const response = await fetch(`${gate.url}/api`, { headers: cookiesOf(old()) });
    const body = await response.json();
    assert.deepEqual([response.status, body.code, body.action], [502, "issued_token_unusable", "login"]);
    assert.ok(response.headers.getSetCookie().every((line) => line.startsWith("__Host-") && !/evil|a=b|origin/.test(line)));
    assert.equal(response.headers.get("x-edgewarden-action"), "login");
    assert.equal(response.headers.get("x-auth-subject"), null);
  }
  gate.answer = () => ({ status: 429, body: "", headers: { "Retry-After": "5, 7" } });
  const limited = await post("/auth/refresh", `refresh_token=${gate.refreshToken()}`, FORM);
  assert.deepEqual([limited.headers.get("retry-after"), limited.body.retry_after], ["5", 5]);
});
