// Sessions in cookies: the page never sees a token, and an access token that has expired is mended on the way.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { request as httpRequest } from "node:http";
import { after, before, beforeEach, test } from "node:test";

import { now, sign, claims, newKey } from "../edge/tokens.mjs";
import { startRefreshGate } from "./refresh_fixture.mjs";

const ACCESS = "__Host-access";
const REFRESH = "__Host-refresh";
const ATTRIBUTES = ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"];

let gate;
/** What the origin answers to a login. */
let login;
before(async () => {
  gate = await startRefreshGate({
    gate: {
      routes: [
        { path: "/login", methods: ["POST"], access: "public" },
        { path: "/open", access: "public" },
      ],
    },
    cookies: { login_path: "/login" },
  });
  const others = gate.origin.respond;
  gate.origin.respond = (request, response, seen) => {
    if (seen.url !== "/login") return others(request, response, seen);
    request.resume();
    response.writeHead(login.status ?? 200, { "Content-Type": "application/json", ...login.headers });
    response.end(typeof login.body === "string" ? login.body : JSON.stringify(login.body));
  };
  gate.origin.upgrade = (request, socket) => {
    const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept.digest("base64")}\r\n\r\n`,
    );
  };
});
after(() => gate.dispose());
beforeEach(() => {
  gate.questions.length = 0;
  gate.origin.requests.length = 0;
  gate.answer = ({ sub }) => ({ status: 200, body: gate.pairFor(sub) });
});

/** A session: its pair, and the header that a browser would send; `expired`: with an access token that has run out. */
function session({ sub = `user-${Math.random()}`, expired = false } = {}) {
  const access = expired ? { iat: now() - 1000, exp: now() - 100 } : {};
  const pair = gate.pairFor(sub, { access });
  return { sub, pair, cookie: `${ACCESS}=${pair.access_token}; ${REFRESH}=${pair.refresh_token}` };
}

const send = (path, cookie, init = {}) =>
  fetch(gate.url + path, { redirect: "manual", ...init, headers: { Cookie: cookie, ...init.headers } });

/** The cookies of an answer: name to value and attributes. */
function cookiesOf(response) {
  const parsed = response.headers.getSetCookie().map((line) => {
    const [pair, ...attributes] = line.split("; ");
    const equals = pair.indexOf("=");
    const maxAge = attributes.find((attribute) => attribute.startsWith("Max-Age="));
    const others = attributes.filter((attribute) => attribute !== maxAge).sort();
    return [pair.slice(0, equals), { value: pair.slice(equals + 1), maxAge: Number(maxAge?.slice(8)), attributes: others }];
  });
  return Object.fromEntries(parsed);
}

function assertSet(response, pair) {
  const cookies = cookiesOf(response);
  assert.deepEqual(Object.keys(cookies).sort(), [ACCESS, REFRESH]);
  for (const { attributes, maxAge } of Object.values(cookies)) {
    assert.deepEqual(attributes, ATTRIBUTES);
    assert.ok(maxAge > 3500 && maxAge <= 3600);
  }
  if (pair) {
    assert.equal(cookies[ACCESS].value, pair.access_token);
    assert.equal(cookies[REFRESH].value, pair.refresh_token);
  }
}

function assertCleared(response) {
  const cookies = cookiesOf(response);
  assert.deepEqual(Object.keys(cookies).sort(), [ACCESS, REFRESH]);
  for (const cookie of Object.values(cookies)) assert.deepEqual(cookie, { value: "", maxAge: 0, attributes: ATTRIBUTES });
}

const reached = () => gate.origin.requests.filter(({ url }) => !/^\/(refresh|revoke)$/.test(url));

const signIn = (headers = { "X-Edgewarden-CSRF": "1" }) =>
  fetch(`${gate.url}/login`, { method: "POST", headers, body: new URLSearchParams({ email: "ada@example.com" }) });

test("a login's tokens become cookies, and none of them is in the body", async () => {
  const { pair } = session();
  login = { body: pair };
  const response = await signIn();
  assert.equal(response.status, 200);
  assertSet(response, pair);
  assert.equal(response.headers.get("cache-control"), "no-store");
  const text = await response.text();
  assert.ok(!text.includes(pair.access_token.slice(-20)) && !text.includes(pair.refresh_token.slice(-20)));
  const body = JSON.parse(text);
  assert.deepEqual(Object.keys(body).sort(), ["active", "expires_in", "scope"]);
  assert.equal(body.active, true);
});

test("a login that the origin refuses goes to the page as it is", async () => {
  login = { status: 400, body: { error: "invalid_grant", error_description: "no such user" } };
  const response = await signIn();
  assert.equal(response.status, 400);
  assert.deepEqual(await response.json(), login.body);
  assert.deepEqual(response.headers.getSetCookie(), []);
});

test("an answer to a login that is no token response goes to the page whole, byte for byte", async () => {
  const page = `<!doctype html><title>Verify your address</title>${"ü".repeat(60_000)}`;
  login = { body: page, headers: { "Content-Type": "text/html; charset=utf-8" } };
  const response = await signIn();
  assert.equal(response.status, 200);
  assert.ok((await response.text()) === page);
});

test("a login whose tokens the gate would refuse is a 502, without cookies and without tokens", async () => {
  const cases = {
    signature_mismatch: gate.pairFor("ada", { accessKey: newKey("access-1") }),
    expired: gate.pairFor("ada", { access: { exp: now() - 100 } }),
    refresh_token_signature_mismatch: gate.pairFor("ada", { refreshKey: newKey("refresh-1") }),
    subject_mismatch: { ...gate.pairFor("ada"), refresh_token: gate.pairFor("eve").refresh_token },
  };
  for (const [reason, pair] of Object.entries(cases)) {
    login = { body: pair };
    const response = await signIn();
    const text = await response.text();
    const body = JSON.parse(text);
    assert.deepEqual(
      [response.status, body.error, body.code, body.action, body.reason],
      [502, "server_error", "issued_token_unusable", "login", reason],
    );
    assert.deepEqual(response.headers.getSetCookie(), []);
    assert.ok(!text.includes(pair.access_token.slice(-20)));
  }
});

test("an answer to a login that names a token and cannot be read shows the page none of it", async () => {
  const { pair } = session();
  const text = JSON.stringify(pair);
  for (const body of [text.replace("{", '{"access_token":"twice",'), `${text}}`, text.slice(0, -1)]) {
    login = { body };
    const response = await signIn();
    const answer = await response.json();
    assert.deepEqual(
      [response.status, answer.code, answer.action, answer.reason],
      [502, "issued_token_unusable", "login", "unusable_body"],
    );
    assert.deepEqual(response.headers.getSetCookie(), []);
  }
});

test("a login that another site's page sent is refused: nobody is signed in as somebody else", async () => {
  login = { body: session().pair };
  for (const headers of [{}, { Origin: "https://evil.test" }]) {
    const response = await signIn(headers);
    assert.equal(response.status, 403);
    assert.equal((await response.json()).code, "csrf_check_failed");
  }
  assert.equal(reached().length, 0);
  assert.equal((await signIn({ Origin: gate.url })).status, 200);
});

test("to the origin, a cookie session is a Bearer token and an identity, and other cookies stay", async () => {
  const { sub, pair, cookie } = session();
  const response = await send("/api?a=1", `theme=dark; ${cookie}; lang=de`);
  assert.equal(response.status, 200);
  const { headers } = await response.json();
  assert.equal(headers.authorization, `Bearer ${pair.access_token}`);
  assert.equal(headers.cookie, "theme=dark; lang=de");
  assert.equal(headers["x-auth-subject"], sub);
  assert.deepEqual(response.headers.getSetCookie(), []);
  assert.equal(gate.questions.length, 0);
});

test("the origin sees no token cookie on a public route, or when there is nothing else", async () => {
  const { cookie } = session();
  const headers = [await send("/open", cookie), await send("/api", cookie)].map(async (response) => (await response.json()).headers);
  for (const seen of await Promise.all(headers)) assert.ok(!(seen.cookie ?? "").includes("__Host-"), seen.cookie);
  for (const { headers: seen } of reached()) assert.ok(!JSON.stringify(seen).includes(REFRESH));
});

test("an expired access cookie is mended on the way, once, and the browser gets the new pair", async () => {
  const { sub, cookie } = session({ expired: true });
  let pair;
  gate.answer = () => ({ status: 200, body: (pair = gate.pairFor(sub)) });
  const response = await send("/api", `theme=dark; ${cookie}`);
  assert.equal(response.status, 200);
  assertSet(response, pair);
  const { headers } = await response.json();
  assert.equal(headers.authorization, `Bearer ${pair.access_token}`);
  assert.equal(headers["x-auth-subject"], sub);
  assert.equal(headers.cookie, "theme=dark");
  assert.equal(gate.questions.length, 1);
});

test("an answer that carries cookies is for nobody's cache", async () => {
  const plain = gate.origin.respond;
  gate.origin.respond = (request, response, seen) => {
    if (seen.url === "/api") response.setHeader("Cache-Control", "public, max-age=600");
    return plain(request, response, seen);
  };
  try {
    const response = await send("/api", session({ expired: true }).cookie);
    assertSet(response);
    assert.equal(response.headers.get("cache-control"), "no-store");
  } finally {
    gate.origin.respond = plain;
  }
});

test("a refresh cookie alone is enough", async () => {
  const { cookie } = session();
  const response = await send("/api", cookie.split("; ")[1]);
  assert.equal(response.status, 200);
  assertSet(response);
  assert.equal(gate.questions.length, 1);
});

test("the body of a request that is mended on the way reaches the origin whole", async () => {
  const body = "x".repeat(300_000);
  const response = await send("/api", session({ expired: true }).cookie, { method: "POST", body, headers: { "X-Edgewarden-CSRF": "1" } });
  assert.equal(response.status, 200);
  assertSet(response);
  assert.ok(reached().at(-1).body.toString() === body);
});

test("20 requests of one page at once, with an expired access cookie: one exchange, 20 answers", async () => {
  const { cookie } = session({ expired: true });
  const responses = await Promise.all(Array.from({ length: 20 }, (_, i) => send(`/api/${i}`, cookie)));
  assert.deepEqual(responses.map(({ status }) => status), Array(20).fill(200));
  assert.equal(gate.questions.length, 1);
  assert.equal(new Set(responses.map((response) => cookiesOf(response)[REFRESH].value)).size, 1);
});

test("GET /session is mended on the way, too", async () => {
  const { sub, cookie } = session({ expired: true });
  const response = await send("/auth/session", cookie);
  assert.equal(response.status, 200);
  assertSet(response);
  assert.equal((await response.json()).sub, sub);
});

test("POST /refresh with the cookie: new cookies, and no token in the body", async () => {
  const { sub, cookie } = session();
  let pair;
  gate.answer = () => ({ status: 200, body: (pair = gate.pairFor(sub)) });
  const response = await send("/auth/refresh", cookie, { method: "POST", headers: { "X-Edgewarden-CSRF": "1" } });
  assert.equal(response.status, 200);
  assertSet(response, pair);
  assert.equal(response.headers.get("cache-control"), "no-store");
  const body = await response.json();
  assert.deepEqual(Object.keys(body).sort(), ["active", "expires_in", "scope"]);
});

test("a refresh that the origin refuses ends the session: 401, login, and the cookies are gone", async () => {
  gate.answer = () => ({ status: 400, body: { error: "invalid_grant" } });
  const response = await send("/api", session({ expired: true }).cookie);
  const body = await response.json();
  assert.deepEqual([response.status, body.code, body.action], [401, "refresh_token_rejected", "login"]);
  assert.match(response.headers.get("www-authenticate"), /^Bearer /);
  assertCleared(response);
  assert.equal(reached().length, 0);
});

test("a refresh cookie that cannot be genuine ends the session, and the origin is not asked", async () => {
  const forged = sign(newKey("refresh-1"), claims({ token_use: "refresh" }), { typ: "rt+jwt" });
  const response = await send("/api", `${REFRESH}=${forged}`);
  const body = await response.json();
  assert.deepEqual([response.status, body.code, body.action], [401, "refresh_token_invalid", "login"]);
  assertCleared(response);
  assert.equal(gate.origin.requests.length, 0);
});

test("an origin that cannot answer ends nothing: 503, retry, and the cookies stay", async () => {
  const { cookie } = session({ expired: true });
  gate.answer = () => ({ status: 500, body: "" });
  const response = await send("/api", cookie);
  const body = await response.json();
  assert.deepEqual([response.status, body.code, body.action], [503, "origin_unavailable", "retry"]);
  assert.ok(Number(response.headers.get("retry-after")) > 0);
  assert.deepEqual(response.headers.getSetCookie(), []);
  assert.equal(reached().length, 0);
  gate.answer = ({ sub }) => ({ status: 200, body: gate.pairFor(sub) });
  assert.equal((await send("/api", cookie)).status, 200);
});

test("a new pair that the gate would refuse ends the session: 502, login, and the cookies are gone", async () => {
  gate.answer = ({ sub }) => ({ status: 200, body: gate.pairFor(sub, { accessKey: newKey("access-1") }) });
  const response = await send("/api", session({ expired: true }).cookie);
  const body = await response.json();
  assert.deepEqual([response.status, body.code, body.action], [502, "issued_token_unusable", "login"]);
  assertCleared(response);
  assert.equal(reached().length, 0);
});

test("a new access token without the scope of the route is refused, and the session goes on", async () => {
  const scoped = await startRefreshGate({ gate: { routes: [{ path: "/admin/*", scope: "admin" }] }, cookies: {} });
  try {
    const old = scoped.pairFor("ada", { access: { iat: now() - 1000, exp: now() - 100, scope: "admin" } });
    const cookie = `${ACCESS}=${old.access_token}; ${REFRESH}=${old.refresh_token}`;
    const response = await fetch(`${scoped.url}/admin/x`, { headers: { Cookie: cookie } });
    const body = await response.json();
    assert.deepEqual([response.status, body.code, body.action], [403, "insufficient_scope", "stop"]);
    assertSet(response);
    assert.equal(scoped.questions.length, 1);
  } finally {
    await scoped.dispose();
  }
});

test("what changes something must come from the page itself", async () => {
  const { cookie } = session();
  const refused = [
    ["POST", {}],
    ["POST", { Origin: "https://evil.test" }],
    ["POST", { Origin: "null" }],
    ["POST", { Origin: `${gate.url}.evil.test` }],
    ["PUT", { "X-Edgewarden-CSRF": "0" }],
    ["PATCH", {}],
    ["DELETE", {}],
  ];
  for (const [method, headers] of refused) {
    for (const path of ["/api", ...(method === "POST" ? ["/auth/refresh", "/auth/logout"] : [])]) {
      const response = await send(path, cookie, { method, headers });
      const body = await response.json();
      assert.deepEqual([response.status, body.code, body.action], [403, "csrf_check_failed", "stop"], `${method} ${path}`);
      assert.deepEqual(response.headers.getSetCookie(), []);
    }
  }
  assert.equal(gate.origin.requests.length, 0);

  const allowed = [
    ["POST", { "X-Edgewarden-CSRF": "1" }],
    ["POST", { Origin: gate.url }],
    ["DELETE", { Origin: gate.url }],
    ["GET", { Origin: "https://evil.test" }],
  ];
  for (const [method, headers] of allowed) assert.equal((await send("/api", cookie, { method, headers })).status, 200);
});

test("the rule is applied before anything is exchanged", async () => {
  const response = await send("/api", session({ expired: true }).cookie, { method: "POST", headers: { Origin: "https://evil.test" } });
  assert.equal(response.status, 403);
  assert.equal(gate.origin.requests.length, 0);
});

test("a Bearer token needs no such proof: no browser adds it by itself", async () => {
  const { pair } = session();
  const response = await gate.get("/api", pair.access_token, { method: "POST", headers: { Origin: "https://other.test" } });
  assert.equal(response.status, 200);
});

/** Asks for a WebSocket; resolves with the status and the headers of the answer. */
function upgrade(cookie, headers) {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${gate.url}/socket`, {
      headers: {
        Connection: "Upgrade",
        Upgrade: "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        Cookie: cookie,
        ...headers,
      },
    });
    const done = (response, socket) => {
      socket?.destroy();
      response.resume?.();
      const set = new Headers();
      for (const line of response.headers["set-cookie"] ?? []) set.append("Set-Cookie", line);
      resolve({ status: response.statusCode, headers: set });
    };
    request.on("upgrade", done);
    request.on("response", (response) => done(response));
    request.on("error", reject);
    request.end();
  });
}

test("a WebSocket is opened for the page's own origin, and for no other", async () => {
  const { cookie } = session();
  assert.equal((await upgrade(cookie, {})).status, 403);
  assert.equal((await upgrade(cookie, { Origin: "https://evil.test" })).status, 403);
  assert.equal(gate.origin.requests.length, 0);
  assert.equal((await upgrade(cookie, { Origin: gate.url })).status, 101);
  assert.ok(!JSON.stringify(reached().at(-1).headers).includes("__Host-"));
});

test("a WebSocket with an expired access cookie is opened, and the browser gets the new pair with it", async () => {
  const { sub, cookie } = session({ expired: true });
  let pair;
  gate.answer = () => ({ status: 200, body: (pair = gate.pairFor(sub)) });
  const response = await upgrade(cookie, { Origin: gate.url });
  assert.equal(response.status, 101);
  assert.equal(gate.questions.length, 1);
  // The old refresh token is spent: a browser that kept it would be taken for a thief later.
  assertSet(response, pair);
});

test("a logout clears the cookies, tells the origin, and leaves nothing to go on with", async () => {
  const { pair, cookie } = session();
  const response = await send("/auth/logout", cookie, { method: "POST", headers: { "X-Edgewarden-CSRF": "1" } });
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { active: false });
  assertCleared(response);
  assert.deepEqual(gate.questions.map(({ path, fields }) => [path, fields.token]), [["/revoke", pair.refresh_token]]);
});

test("a logout that the origin does not hear of still signs this browser out, and says so", async () => {
  gate.answer = () => ({ status: 500, body: "" });
  const response = await send("/auth/logout", session().cookie, { method: "POST", headers: { "X-Edgewarden-CSRF": "1" } });
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { active: false, origin_told: false });
  assertCleared(response);
});

test("a Bearer token and an access cookie at once are two methods: refused", async () => {
  const { pair, cookie } = session();
  const response = await send("/api", cookie, { headers: { Authorization: `Bearer ${pair.access_token}` } });
  const body = await response.json();
  assert.deepEqual([response.status, body.code, body.action], [400, "multiple_tokens", "stop"]);
  assert.equal(gate.origin.requests.length, 0);
});

test("no cookies and no token: a bare challenge", async () => {
  const response = await send("/api", "theme=dark");
  assert.equal(response.status, 401);
  assert.equal((await response.json()).code, "missing_token");
  assert.deepEqual(response.headers.getSetCookie(), []);
});
