// A cookie session in a real browser: Chromium, headless, and a page that does what dashboards do.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch } from "../chromium.mjs";
import { now } from "../edge/tokens.mjs";
import { startRefreshGate } from "./refresh_fixture.mjs";

const CALLS = 20;

/** Seconds in which the access token of a login is good. */
const LIFETIME = 2;

let gate;
let browser;
/** Every token that was ever given out. */
const tokens = [];
/** What the page is served and its API answers: the gate's other side. */
function origin(request, response, seen) {
  const send = (type, body) => {
    response.setHeader("Content-Type", type);
    response.end(body);
  };
  if (seen.url === "/page") return send("text/html", "<!doctype html><title>A dashboard</title>");
  if (seen.url === "/login") return send("application/json", JSON.stringify(remembered({ exp: now() + LIFETIME })));
  request.resume();
  const { "x-auth-subject": sub, authorization, cookie = "" } = seen.headers;
  return send("application/json", JSON.stringify({ sub, bearer: /^Bearer /.test(authorization), cookie }));
}

function remembered(access = {}) {
  const pair = gate.pairFor("ada", { access });
  tokens.push(pair.access_token, pair.refresh_token);
  return pair;
}

before(async () => {
  gate = await startRefreshGate({
    gate: {
      leeway: 0,
      routes: [
        { path: "/page", access: "public" },
        { path: "/login", methods: ["POST"], access: "public" },
      ],
    },
    cookies: {},
  });
  const exchange = gate.origin.respond;
  gate.origin.respond = (request, response, seen) =>
    /^\/(refresh|revoke)$/.test(seen.url) ? exchange(request, response, seen) : origin(request, response, seen);
  gate.answer = () => ({ status: 200, body: remembered() });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await gate?.dispose();
});

/** What a script of the page can get hold of: answers, their headers, cookies and stores. */
const lookAround = async (calls) => {
  const answers = await Promise.all(
    calls.map(async ([path, init]) => {
      const response = await fetch(path, init);
      return { status: response.status, headers: [...response.headers], text: await response.text() };
    }),
  );
  const cookies = "cookieStore" in globalThis ? JSON.stringify(await cookieStore.getAll()) : "";
  const stores = JSON.stringify([{ ...localStorage }, { ...sessionStorage }]);
  return { answers, visible: [document.cookie, cookies, stores, location.href] };
};

function assertNoToken({ answers, visible }) {
  const text = JSON.stringify([answers, visible]);
  for (const token of tokens) {
    const [, payload, signature] = token.split(".");
    assert.ok(!text.includes(payload) && !text.includes(signature), "the page can read a token");
  }
  assert.equal(visible[0], "");
}

test(`a page whose access token has expired makes ${CALLS} calls at once: one exchange, ${CALLS} answers, and no token to be seen`, async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${gate.url.replace("127.0.0.1", "localhost")}/page`);
  const look = (calls) => page.evaluate(lookAround, calls);

  const login = await look([["/login", { method: "POST", headers: { "X-Edgewarden-CSRF": "1" } }]]);
  assert.equal(login.answers[0].status, 200);
  assert.equal(JSON.parse(login.answers[0].text).active, true);
  assertNoToken(login);
  // The browser has them, all the same, under the promises of the prefix.
  const jar = await context.cookies();
  assert.deepEqual(jar.map(({ name }) => name).sort(), ["__Host-access", "__Host-refresh"]);
  for (const { httpOnly, secure, sameSite, path } of jar) {
    assert.deepEqual([httpOnly, secure, sameSite, path], [true, true, "Lax", "/"]);
  }

  await new Promise((resolve) => setTimeout(resolve, (LIFETIME + 1) * 1000));
  assert.equal(gate.questions.length, 0);
  const calls = Array.from({ length: CALLS }, (_, i) => {
    // Some of them change something; the browser itself says where these come from.
    const init = i % 4 === 0 ? { method: "POST", body: "{}" } : {};
    return [`/api/${i}`, init];
  });
  const seen = await look(calls);
  assert.deepEqual(seen.answers.map(({ status }) => status), Array(CALLS).fill(200));
  assert.equal(gate.questions.length, 1);
  for (const { text } of seen.answers) assert.deepEqual(JSON.parse(text), { sub: "ada", bearer: true, cookie: "" });
  assertNoToken(seen);

  // The new pair is in the jar: the next call needs no exchange.
  const next = await look([["/auth/session", {}], ["/api/next", {}]]);
  assert.deepEqual(next.answers.map(({ status }) => status), [200, 200]);
  assert.equal(gate.questions.length, 1);
  assertNoToken(next);

  const out = await look([["/auth/logout", { method: "POST" }]]);
  assert.equal(out.answers[0].status, 200);
  assert.deepEqual(await context.cookies(), []);
  assert.equal((await look([["/api/after", {}]])).answers[0].status, 401);
  await context.close();
});

test("another site's page can neither use the session nor end it", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const home = gate.url.replace("127.0.0.1", "localhost");
  await page.goto(`${home}/page`);
  await page.evaluate(lookAround, [["/login", { method: "POST" }]]);
  assert.equal((await context.cookies()).length, 2);
  const stranger = await context.newPage();
  // The same port at another name is another site.
  await stranger.goto(`${gate.url}/page`);
  const before = gate.origin.requests.length;
  for (const path of ["/api/transfer", "/auth/logout"]) {
    await stranger.evaluate(
      (url) => fetch(url, { method: "POST", mode: "no-cors", credentials: "include" }).then(() => undefined),
      home + path,
    );
  }
  assert.equal(gate.origin.requests.length, before);
  assert.equal((await context.cookies(home)).length, 2);
  await context.close();
});
