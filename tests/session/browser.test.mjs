// The session client in a real browser, in one tab and in two, against a server that follows a script.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test as nodeTest } from "node:test";
import { launch } from "../chromium.mjs";
import { ScriptedServer, problem } from "./scripted_server.mjs";
import { Tab } from "./tab.mjs";

const test = (name, run) => nodeTest(name, { timeout: 60_000 }, run);

let browser, server, foreign, context, tabs;

before(async () => {
  [browser, server, foreign] = await Promise.all([launch(), ScriptedServer.start(), ScriptedServer.start()]);
});
after(async () => {
  await browser?.close();
  server?.close();
  foreign?.close();
});
beforeEach(async () => {
  server.reset();
  foreign.reset();
  tabs = [];
  context = await browser.newContext();
});
afterEach(async () => {
  const spoken = tabs.flatMap((tab) => tab.spoken).join("\n");
  await context.close();
  assert.doesNotMatch(spoken, /signature-A|refresh-token-R/, "a token was said on the console or in an error");
});

async function open(options, origin = server.origin) {
  const tab = await Tab.open(context, origin, options);
  tabs.push(tab);
  return tab;
}

const statuses = (results) => results.map(({ status, error }) => status ?? error);
const all = (n, value) => Array(n).fill(value);

describe("one refresh", () => {
  test("20 parallel calls with an expired token in each of two tabs: one refresh in all, and each call is made twice at most", async () => {
    const [one, two] = await Promise.all([open({ storage: true }), open({ storage: true })]);
    for (let round = 1; round <= 8; round++) {
      server.requests = [];
      await one.signIn(server.issueExpired());
      await two.reaches("signed_in");
      await two.page.waitForFunction((kept) => localStorage.getItem("edgewarden") === kept, await one.page.evaluate(() => localStorage.getItem("edgewarden")));
      const [first, second] = await Promise.all([one.calls(20), two.calls(20)]);
      assert.deepEqual(statuses([...first, ...second]), all(40, 200));
      assert.equal(server.count("/auth/refresh"), 1, `round ${round}`);
      assert.ok(server.count("/api/x") <= 80);
    }
    assert.deepEqual(await one.signedOut(), []);
    assert.deepEqual(await two.signedOut(), []);
  });

  test("a tab that has to renew while another one does waits for it and asks nobody", async () => {
    const [one, two] = await Promise.all([open({ storage: true }), open({ storage: true })]);
    await one.signIn(server.issueExpired());
    await two.reaches("signed_in");
    let release;
    server.script = async ({ path }) => {
      if (path === "/auth/refresh") await new Promise((resolve) => (release = resolve));
    };
    const first = one.calls(3);
    await server.received("/auth/refresh");
    const second = two.calls(3, "/api/y");
    await two.reaches("refreshing");
    release();
    assert.deepEqual(statuses([...(await first), ...(await second)]), all(6, 200));
    assert.equal(server.count("/auth/refresh"), 1);
  });

  test("calls that begin while a refresh is under way wait for it", async () => {
    const tab = await open();
    await tab.signIn(server.issueExpired());
    let release;
    server.script = async ({ path }) => {
      if (path === "/auth/refresh") await new Promise((resolve) => (release = resolve));
    };
    const first = tab.call("/api/x");
    await server.received("/auth/refresh");
    const later = tab.calls(5, "/api/later");
    await tab.page.evaluate(() => fetch("/api/unrelated"));
    assert.equal(server.count("/api/later"), 0);
    release();
    assert.deepEqual(statuses([await first, ...(await later)]), all(6, 200));
    assert.equal(server.count("/api/later"), 5, "none of them was made with the old token");
    assert.equal(server.count("/auth/refresh"), 1);
  });

  test("a request that was under way when the token was renewed is made again without another refresh", async () => {
    const tab = await open();
    const tokens = server.issue();
    await tab.signIn(tokens);
    let release;
    server.script = async ({ path, headers }) => {
      if (path !== "/api/slow" || !headers.authorization.endsWith(tokens.access_token)) return;
      await new Promise((resolve) => (release = resolve));
      return problem(401, "expired", "refresh");
    };
    const slow = tab.call("/api/slow");
    await server.received("/api/slow");
    server.expire(tokens.access_token);
    assert.equal((await tab.call("/api/x")).status, 200);
    release();
    assert.equal((await slow).status, 200);
    assert.equal(server.count("/auth/refresh"), 1);
  });

  test("the refresh token stays when the answer brings no new one, and onTokens hears of each renewal", async () => {
    const tab = await open();
    const tokens = server.issueExpired();
    await tab.signIn(tokens);
    server.script = ({ path }) => {
      if (path !== "/auth/refresh") return;
      const { refresh_token, ...rest } = server.issueExpired();
      return { json: server.count(path) < 2 ? rest : server.issue() };
    };
    assert.equal((await tab.call("/api/x")).error, "SignedOutError");
    await tab.signIn(tokens);
    await tab.call("/api/x");
    const sent = server.to("/auth/refresh").map(({ body }) => new URLSearchParams(body.toString()).get("refresh_token"));
    assert.deepEqual(sent, [tokens.refresh_token, tokens.refresh_token]);
    assert.equal(await tab.page.evaluate(() => renewed.length), 2);
    const { method, headers } = server.to("/auth/refresh")[0];
    assert.equal(method, "POST");
    assert.match(headers["content-type"], /^application\/x-www-form-urlencoded/);
    assert.equal(headers.authorization, undefined);
  });

  test("a tab whose browser hides locks still refreshes once, and lets nobody be signed out by a faster tab", async () => {
    // The same server under a name that is not this machine's own: not a secure context, so there are no Web Locks.
    const origin = `http://plain.test:${server.port}`;
    const [one, two] = [await open({ storage: true }, origin), await open({ storage: true }, origin)];
    assert.equal(await one.page.evaluate(() => navigator.locks), undefined);
    await one.signIn(server.issueExpired());
    await two.reaches("signed_in");
    assert.deepEqual(statuses(await one.calls(20)), all(20, 200));
    assert.deepEqual(statuses(await two.calls(20)), all(20, 200));
    assert.equal(server.count("/auth/refresh"), 1);

    // Both at once: the server's strict ledger refuses the slower one, which by then finds the new pair in the store.
    const pair = server.issueExpired();
    await one.signIn(pair);
    await two.page.waitForFunction((token) => localStorage.getItem("edgewarden").includes(token), pair.access_token);
    let issued;
    const next = new Promise((resolve) => (issued = resolve));
    server.requests = [];
    server.script = async ({ path }) => {
      if (path !== "/auth/refresh") return;
      if (server.count(path) === 2) {
        const pair = server.issue();
        issued(pair);
        return { json: pair };
      }
      const { access_token } = await next;
      await Promise.all([one, two].map(({ page }) => page.waitForFunction((token) => localStorage.getItem("edgewarden").includes(token), access_token)));
      return problem(400, "refresh_token_rejected", "login");
    };
    const results = await Promise.all([one.calls(5), two.calls(5)]);
    assert.deepEqual(statuses(results.flat()), all(10, 200));
    assert.deepEqual(await two.signedOut(), []);
  });
});

describe("no loop", () => {
  /** The refresh answers 200, and yet every call after it answers 401. */
  const outage = ({ path }) => (path === "/auth/refresh" ? { json: server.issue() } : problem(401, "signature_mismatch", "refresh"));

  test("every new token is refused: three requests in all, then signed out, and nothing is sent until someone signs in", async () => {
    const tab = await open();
    await tab.signIn(server.issue());
    server.script = outage;
    const result = await tab.call("/api/x");
    assert.equal(result.error, "SignedOutError");
    assert.equal(result.reason, "still_refused");
    assert.equal(result.problem, "signature_mismatch");
    assert.deepEqual(server.requests.map(({ path }) => path), ["/api/x", "/auth/refresh", "/api/x"]);
    assert.deepEqual(await tab.signedOut(), [{ reason: "still_refused", problem: "signature_mismatch" }]);

    const later = await tab.calls(10);
    assert.deepEqual(statuses(later), all(10, "SignedOutError"));
    assert.equal((await tab.call(foreign.origin + "/open")).error, "SignedOutError");
    assert.equal(server.requests.length + foreign.requests.length, 3);
    assert.equal((await tab.signedOut()).length, 1);

    server.script = () => undefined;
    await tab.signIn(server.issue());
    assert.equal((await tab.call("/api/x")).status, 200);
  });

  test("the same with an expiry that is known beforehand: the refresh comes first, and its token gets one chance", async () => {
    const tab = await open({ leadTime: 0 });
    await tab.signIn({ ...server.issue(), expires_in: 1e-6 });
    server.script = outage;
    assert.equal((await tab.call("/api/x")).error, "SignedOutError");
    assert.deepEqual(server.requests.map(({ path }) => path), ["/auth/refresh", "/api/x"]);
  });

  test("20 parallel calls in each of two tabs: one refresh, and both tabs learn, once", async () => {
    const [one, two] = await Promise.all([open({ storage: true }), open({ storage: true })]);
    await one.signIn(server.issue());
    await two.reaches("signed_in");
    server.script = outage;
    const results = await Promise.all([one.calls(20), two.calls(20)]);
    assert.deepEqual(statuses(results.flat()), all(40, "SignedOutError"));
    await Promise.all([one.reaches("signed_out"), two.reaches("signed_out")]);
    assert.equal((await one.signedOut()).length, 1);
    assert.equal((await two.signedOut()).length, 1);
    assert.equal(server.count("/auth/refresh"), 1);
    const sent = server.requests.length;
    assert.deepEqual(statuses([...(await one.calls(5)), ...(await two.calls(5))]), all(10, "SignedOutError"));
    assert.equal(server.requests.length, sent);
    assert.equal(await one.page.evaluate(() => localStorage.length), 0);
  });

  test("a tab that is doing nothing learns at once, and a later sign-in reaches it too", async () => {
    const [one, two] = await Promise.all([open({ storage: true }), open({ storage: true })]);
    await one.signIn(server.issue());
    await two.reaches("signed_in");
    server.script = outage;
    await one.call("/api/x");
    await two.reaches("signed_out");
    assert.deepEqual(await two.signedOut(), [{ reason: "other_tab", problem: undefined }]);
    const sent = server.requests.length;
    assert.equal((await two.call("/api/x")).error, "SignedOutError");
    assert.equal(server.requests.length, sent);
    server.script = () => undefined;
    await one.signIn(server.issue());
    await two.reaches("signed_in");
    assert.equal((await two.call("/api/x")).status, 200);
  });

  test("login: signed out at once, without a refresh", async () => {
    const tab = await open();
    await tab.signIn(server.issue());
    server.script = () => problem(401, "token_revoked", "login");
    const result = await tab.call("/api/x");
    assert.deepEqual([result.error, result.reason, result.problem], ["SignedOutError", "login_required", "token_revoked"]);
    assert.equal(server.requests.length, 1);
  });

  for (const [action, code] of [["stop", "audience_mismatch"], ["retry", "not_yet_valid"]]) {
    test(`${action}: the caller gets the response, whole, and nobody is signed out`, async () => {
      const tab = await open();
      await tab.signIn(server.issue());
      server.script = ({ path }) => (path === "/api/wrong" ? problem(401, code, action, { retry_after: 3 }) : undefined);
      for (let n = 0; n < 3; n++) {
        const { status, body } = await tab.call("/api/wrong");
        assert.equal(status, 401);
        assert.equal(body.code, code);
      }
      assert.deepEqual(await tab.signedOut(), []);
      assert.equal(server.count("/auth/refresh"), 0);
      assert.equal((await tab.call("/api/x")).status, 200);
      assert.equal(server.requests.length, 4);
    });
  }

  test("the header alone is enough, and a 401 without either is taken for what `unlabelled` says", async () => {
    for (const [unlabelled, headers, expected] of [
      [undefined, { "X-Edgewarden-Action": "stop" }, [401, 0]],
      [undefined, { "X-Edgewarden-Action": "login" }, ["SignedOutError", 0]],
      [undefined, {}, ["SignedOutError", 1]],
      ["stop", {}, [401, 0]],
      ["login", {}, ["SignedOutError", 0]],
      ["stop", { "X-Edgewarden-Action": "refresh" }, ["SignedOutError", 1]],
    ]) {
      server.requests = [];
      const tab = await open({ ...(unlabelled && { unlabelled }) });
      await tab.signIn(server.issue());
      server.script = ({ path }) => (path === "/api/x" ? { status: 401, text: "no", headers } : undefined);
      const [result] = statuses([await tab.call("/api/x")]);
      assert.deepEqual([result, server.count("/auth/refresh")], expected, `${unlabelled} ${JSON.stringify(headers)}`);
    }
  });

  test("no refresh token: a token that has expired ends the session without asking", async () => {
    const tab = await open();
    const { refresh_token, ...tokens } = server.issueExpired();
    await tab.signIn(tokens);
    const { error, reason, problem } = await tab.call("/api/x");
    assert.deepEqual([error, reason, problem], ["SignedOutError", "refresh_refused", "refresh_token_missing"]);
    assert.deepEqual(await tab.page.evaluate(() => states), ["signed_in", "refreshing", "signed_out"]);
    assert.equal(server.requests.length, 1);
  });

  test("403, 400 and 5xx are the caller's, and change nothing", async () => {
    const tab = await open();
    await tab.signIn(server.issue());
    for (const status of [400, 403, 404, 500, 503]) {
      server.script = () => ({ status, text: "" });
      assert.equal((await tab.call("/api/x")).status, status);
    }
    assert.equal(server.requests.length, 5);
    assert.equal(await tab.state(), "signed_in");
  });
});

describe("what a refresh comes to", () => {
  const refused = [
    ["400 login", problem(400, "refresh_token_rejected", "login")],
    ["502 login: the new pair is unusable", problem(502, "issued_token_unusable", "login")],
    ["400 invalid_grant of another server", { status: 400, json: { error: "invalid_grant" } }],
    ["401 with nothing in it", { status: 401, text: "" }],
  ];
  for (const [name, answer] of refused) {
    test(`${name}: signed out`, async () => {
      const tab = await open();
      await tab.signIn(server.issueExpired());
      server.script = ({ path }) => (path === "/auth/refresh" ? answer : undefined);
      const results = await tab.calls(5);
      assert.deepEqual(statuses(results), all(5, "SignedOutError"));
      assert.equal(results[0].reason, "refresh_refused");
      assert.equal((await tab.signedOut()).length, 1);
      assert.equal(server.count("/auth/refresh"), 1);
    });
  }

  const passing = [
    ["503 retry", problem(503, "origin_unavailable", "retry")],
    ["500", { status: 500, text: "" }],
    ["429", { status: 429, text: "" }],
    ["404", { status: 404, text: "" }],
    ["403 of a proxy", { status: 403, text: "<html>", headers: { "Content-Type": "text/html" } }],
    ["400 temporarily_unavailable", { status: 400, json: { error: "temporarily_unavailable" } }],
    ["200 of a captive portal", { status: 200, text: "<html>welcome", headers: { "Content-Type": "text/html" } }],
    ["200 without a token", { status: 200, json: { error: "?" } }],
    ["200 with what cannot be a token", { status: 200, json: { access_token: "a\nb", token_type: "Bearer" } }],
    ["200 with another kind of token", { status: 200, json: { access_token: "abc", token_type: "mac" } }],
    ["a redirect", { status: 307, headers: { Location: "/elsewhere" } }],
    ["a broken connection", "drop"],
  ];
  for (const [name, answer] of passing) {
    test(`${name}: nobody is signed out, and it recovers by itself`, async () => {
      const tab = await open({ backOff: 0.05 });
      await tab.signIn(server.issueExpired());
      server.script = ({ path }) => (path === "/auth/refresh" ? answer : undefined);
      const results = await tab.calls(5);
      assert.deepEqual(statuses(results), all(5, "TemporarilyUnavailableError"));
      assert.ok(results[0].retryAfter <= 1);
      await server.received("/auth/refresh", 3);
      assert.equal(server.count("/elsewhere"), 0);
      server.script = () => undefined;
      await tab.reaches("signed_in");
      assert.deepEqual(statuses(await tab.calls(5)), all(5, 200));
      assert.deepEqual(await tab.signedOut(), []);
    });
  }

  test("while it backs off, calls reject without being sent", async () => {
    const tab = await open();
    await tab.signIn(server.issueExpired());
    server.script = ({ path }) => (path === "/auth/refresh" ? problem(503, "origin_unavailable", "retry", { retry_after: 40 }) : undefined);
    const { error, retryAfter } = await tab.call("/api/x");
    assert.deepEqual([error, retryAfter], ["TemporarilyUnavailableError", 40]);
    assert.equal(await tab.state(), "unavailable");
    const sent = server.requests.length;
    assert.deepEqual(statuses(await tab.calls(10)), all(10, "TemporarilyUnavailableError"));
    assert.equal(server.requests.length, sent);
  });

  test("a refresh that never answers is given up after refreshTimeout, and the other tab takes over", async () => {
    const [one, two] = await Promise.all([open({ storage: true, refreshTimeout: 0.3, backOff: 30 }), open({ storage: true })]);
    await one.signIn(server.issueExpired());
    await two.reaches("signed_in");
    server.script = ({ path }) => (path === "/auth/refresh" && server.count(path) === 1 ? new Promise(() => {}) : undefined);
    const first = one.call("/api/x");
    await server.received("/auth/refresh");
    const second = two.call("/api/x");
    assert.equal((await first).error, "TemporarilyUnavailableError");
    assert.equal((await second).status, 200);
    await one.reaches("signed_in");
    assert.equal((await one.call("/api/x")).status, 200, "with what the other tab got");
  });

  test("a token that still works goes on working while it cannot be renewed", async () => {
    const tab = await open({ leadTime: 60, backOff: 0.05 });
    server.lifetime = 2;
    server.script = ({ path }) => (path === "/auth/refresh" ? problem(503, "origin_unavailable", "retry") : undefined);
    await tab.signIn(server.issue());
    await server.received("/auth/refresh");
    await tab.reaches("signed_in");
    assert.equal((await tab.call("/api/x")).status, 200);
  });

  test("a function of one's own: tokens, a response, null for a refusal, anything thrown is passing", async () => {
    const tab = await open();
    const run = (kind, tokens, next) =>
      tab.page.evaluate(
        async ([kind, tokens, next]) => {
          const own = edgewarden.createSession({
            backOff: 30,
            refresh: async (refreshToken) => {
              if (refreshToken !== tokens.refresh_token) return null;
              if (kind === "tokens") return next;
              if (kind === "response") return new Response(JSON.stringify(next));
              if (kind === "null") return null;
              throw new Error("no");
            },
          });
          own.signIn(tokens);
          return own.fetch("/api/x").then((response) => response.status, (error) => error.name);
        },
        [kind, tokens, next],
      );
    for (const [kind, expected] of [["tokens", 200], ["response", 200], ["null", "SignedOutError"], ["throw", "TemporarilyUnavailableError"]]) {
      assert.equal(await run(kind, server.issueExpired(), server.issue()), expected, kind);
    }
  });
});

describe("what is sent", () => {
  test("the token goes to the origin of refreshUrl and nowhere else", async () => {
    const tab = await open();
    await tab.signIn(server.issue());
    const cors = { "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "authorization, x-edgewarden-csrf" };
    foreign.script = () => ({ status: 401, text: "", headers: cors });
    assert.equal((await tab.call(foreign.origin + "/api/x")).status, 401, "and its 401 is its own affair");
    server.script = ({ path, method }) =>
      path === "/out" ? { status: method === "POST" ? 307 : 302, headers: { Location: foreign.origin + "/landed" } } : undefined;
    assert.equal((await tab.call("/out")).status, 401);
    await tab.call("/out", { method: "POST", body: "x" });
    assert.ok(foreign.count("/landed") >= 1);
    for (const { headers, body } of foreign.requests) {
      assert.equal(headers.authorization, undefined);
      assert.doesNotMatch(body.toString(), /token/);
    }
    assert.equal(await tab.state(), "signed_in");
    assert.equal(server.count("/auth/refresh"), 0);
    await tab.call("/api/x");
    assert.match(server.to("/api/x")[0].headers.authorization, /^Bearer \S+signature-A\d+$/);
  });

  test("`api` narrows it to paths", async () => {
    const tab = await open({ api: ["/api", `http://localhost:${server.port}/v2/`] });
    await tab.signIn(server.issue());
    const seen = async (url) => {
      server.requests = [];
      await tab.page.evaluate((url) => session.fetch(url).catch(() => {}), url);
      return server.requests.some(({ headers }) => headers.authorization || /authorization/.test(headers["access-control-request-headers"] ?? ""));
    };
    const other = `http://localhost:${server.port}`;
    for (const url of ["/api", "/api/", "/api/x", "/api?x", "/x/../api/y", `${other}/v2/x`, "/API/../api/x"]) assert.equal(await seen(url), true, url);
    for (const url of ["/", "/apiary", "/api/../x", "/api/%2e%2e/x", "/x?/api/", "/x#/api", "/API/x", `${other}/api/x`, `${other}/v2`]) {
      assert.equal(await seen(url), false, url);
    }
  });

  test("a refresh follows no redirect, which would take the refresh token along", async () => {
    const tab = await open({ backOff: 30 });
    await tab.signIn(server.issueExpired());
    server.script = ({ path }) => (path === "/auth/refresh" ? { status: 307, headers: { Location: foreign.origin + "/steal" } } : undefined);
    assert.equal((await tab.call("/api/x")).error, "TemporarilyUnavailableError");
    assert.equal(foreign.requests.length, 0);
  });

  test("bodies that are still there are sent again as they were at the time of the call", async () => {
    const tab = await open();
    const kinds = ["string", "params", "blob", "file", "buffer", "view", "form", "none"];
    for (const kind of kinds) {
      server.requests = [];
      await tab.signIn(server.issueExpired());
      const status = await tab.page.evaluate(async (kind) => {
        const bytes = new Uint8Array([1, 2, 3, 0, 255]);
        const form = new FormData();
        form.set("a", "1");
        form.set("file", new Blob(["content"]), "name.txt");
        const params = new URLSearchParams("a=1&b=2");
        const body = {
          string: "text ü",
          params,
          blob: new Blob([bytes], { type: "image/x" }),
          file: new File([bytes], "n"),
          buffer: bytes.buffer,
          view: bytes.subarray(1, 4),
          form,
          none: undefined,
        }[kind];
        const answer = session.fetch("/api/x", { method: "POST", body });
        bytes.fill(7);
        form.set("a", "changed");
        params.set("a", "changed");
        return (await answer).status;
      }, kind);
      assert.equal(status, 200, kind);
      const [first, second] = server.to("/api/x");
      assert.deepEqual(second.body, first.body, kind);
      assert.equal(second.headers["content-type"], first.headers["content-type"], kind);
      if (kind !== "none") assert.ok(first.body.length > 0);
      assert.doesNotMatch(first.body.toString(), /changed/);
    }
  });

  test("a Request whose body is used up is not made again: a clear error, and the next call works", async () => {
    const tab = await open();
    await tab.signIn(server.issueExpired());
    const send = () =>
      tab.page.evaluate(() =>
        session.fetch(new Request("/api/x", { method: "POST", body: "once" })).then(
          ({ status }) => status,
          ({ name, message }) => ({ name, message }),
        ),
      );
    const { name, message } = await send();
    assert.equal(name, "NotReplayableError");
    assert.match(message, /stream/);
    assert.equal(server.count("/api/x"), 1);
    assert.equal(server.count("/auth/refresh"), 1);
    assert.equal(await send(), 200);
    assert.equal(server.count("/auth/refresh"), 1);
    assert.equal(server.to("/api/x")[1].body.toString(), "once");
  });

  test("a Request without a body is made again, with its method and headers", async () => {
    const tab = await open();
    await tab.signIn(server.issueExpired());
    const status = await tab.page.evaluate(async () => {
      const request = new Request("/api/x", { method: "DELETE", headers: { "X-Own": "1", Authorization: "Bearer mine" } });
      return (await session.fetch(request)).status;
    });
    assert.equal(status, 200);
    assert.deepEqual(server.to("/api/x").map(({ method, headers }) => [method, headers["x-own"]]), all(2, ["DELETE", "1"]));
  });
});

describe("aborting", () => {
  test("a caller that gives up leaves the refresh to the others", async () => {
    const tab = await open();
    await tab.signIn(server.issueExpired());
    let release;
    server.script = async ({ path }) => {
      if (path === "/auth/refresh") await new Promise((resolve) => (release = resolve));
    };
    await tab.page.evaluate(() => {
      window.giveUp = new AbortController();
      window.gone = session.fetch("/api/gone", { signal: giveUp.signal }).then(() => "answered", (error) => error.name);
    });
    const staying = tab.call("/api/stays");
    await server.received("/auth/refresh");
    assert.equal(await tab.page.evaluate(() => (giveUp.abort(), gone)), "AbortError");
    assert.equal(await tab.state(), "refreshing");
    release();
    assert.equal((await staying).status, 200);
    assert.equal(server.count("/api/gone"), 1);
    assert.equal(server.count("/auth/refresh"), 1);
  });

  test("a reason is passed on, and a signal that has been aborted already sends nothing", async () => {
    const tab = await open();
    await tab.signIn(server.issueExpired());
    const reason = await tab.page.evaluate(() => session.fetch("/api/x", { signal: AbortSignal.abort("enough") }).catch((reason) => reason));
    assert.equal(reason, "enough");
    assert.equal(server.requests.length, 0);
  });
});

describe("coming and going", () => {
  test("nobody has signed in: calls reject without a request, and onSignedOut is not called", async () => {
    const tab = await open();
    const { error, reason } = await tab.call("/api/x");
    assert.deepEqual([error, reason], ["SignedOutError", "never_signed_in"]);
    assert.equal(server.requests.length, 0);
    assert.deepEqual(await tab.signedOut(), []);
    assert.equal(await tab.state(), "signed_out");
  });

  test("signOut ends it in all tabs, empties the storage and tells the server", async () => {
    const [one, two] = await Promise.all([open({ storage: true, signOutUrl: "/auth/logout" }), open({ storage: true })]);
    const tokens = server.issue();
    await one.signIn(tokens);
    await two.reaches("signed_in");
    server.script = ({ path }) => (path === "/auth/logout" ? { status: 204 } : undefined);
    assert.equal(await one.page.evaluate(() => session.signOut()), true);
    await two.reaches("signed_out");
    assert.deepEqual(await one.signedOut(), [{ reason: "sign_out", problem: undefined }]);
    assert.deepEqual(await two.signedOut(), [{ reason: "other_tab", problem: undefined }]);
    const [{ headers, body }] = server.requests;
    assert.equal(headers.authorization, `Bearer ${tokens.access_token}`);
    assert.equal(new URLSearchParams(body.toString()).get("refresh_token"), tokens.refresh_token);
    assert.equal(await two.page.evaluate(() => localStorage.length), 0);
    assert.equal(await one.page.evaluate(() => session.signOut()), true, "and again is nothing");
    assert.equal(server.requests.length, 1);
  });

  test("signOut while a refresh is under way: what the refresh brings is dropped", async () => {
    const tab = await open({ storage: true });
    await tab.signIn(server.issueExpired());
    let release;
    server.script = async ({ path }) => {
      if (path === "/auth/refresh") await new Promise((resolve) => (release = resolve));
    };
    const waiting = tab.call("/api/x");
    await server.received("/auth/refresh");
    await tab.page.evaluate(() => session.signOut());
    assert.equal((await waiting).reason, "sign_out");
    release();
    await tab.page.evaluate(() => fetch("/api/unrelated"));
    assert.equal(await tab.state(), "signed_out");
    assert.equal(await tab.page.evaluate(() => localStorage.length), 0);
    assert.equal((await tab.signedOut()).length, 1);
  });

  test("a call of one user is never made again in the name of the next", async () => {
    const tab = await open();
    const first = server.issue();
    await tab.signIn(first);
    let release;
    server.script = async ({ path }) => {
      if (path !== "/api/transfer") return;
      await new Promise((resolve) => (release = resolve));
      return problem(401, "token_revoked", "login");
    };
    const old = tab.call("/api/transfer", { method: "POST", body: "all" });
    await server.received("/api/transfer");
    await tab.signIn(server.issue());
    release();
    const { error, reason } = await old;
    assert.deepEqual([error, reason], ["SignedOutError", "superseded"]);
    assert.equal(server.count("/api/transfer"), 1);
    assert.equal(await tab.state(), "signed_in", "and its 401 does not end the new session");
  });

  test("with a storage, a reload goes on where it was, and new tabs are signed in", async () => {
    const one = await open({ storage: true });
    await one.signIn(server.issue());
    await one.page.reload();
    await one.begin({ storage: true });
    const two = await open({ storage: true });
    assert.deepEqual(statuses([await one.call("/api/x"), await two.call("/api/x")]), [200, 200]);
    assert.equal(server.count("/auth/refresh"), 0);
  });

  test("in memory, the tab is alone and nothing is kept", async () => {
    const one = await open();
    await one.signIn(server.issue());
    assert.equal(await one.page.evaluate(() => localStorage.length + sessionStorage.length), 0);
    const two = await open();
    assert.equal(await two.state(), "signed_out");
  });

  test("a storage that is forbidden, full, or holds something else is as good as none", async () => {
    const tab = await open();
    const tokens = server.issue();
    for (const kind of ["throws", "full", "rubbish"]) {
      const status = await tab.page.evaluate(
        async ([kind, tokens]) => {
          const no = () => {
            throw new Error("QuotaExceededError");
          };
          const storage = {
            throws: { getItem: no, setItem: no, removeItem: no },
            full: { getItem: () => null, setItem: no, removeItem() {} },
            rubbish: { getItem: () => '{"session":"x","serial":1,"accessToken":"a\\nb"}', setItem: no, removeItem() {} },
          }[kind];
          const own = edgewarden.createSession({ refreshUrl: "/auth/refresh", storage });
          if (own.state !== "signed_out") return own.state;
          own.signIn(tokens);
          dispatchEvent(new StorageEvent("storage", { key: "something else" }));
          return (await own.fetch("/api/x")).status;
        },
        [kind, tokens],
      );
      assert.equal(status, 200, kind);
    }
  });

  test("loginUrl: every tab goes there, but not from there", async () => {
    const [one, two] = await Promise.all([open({ storage: true, loginUrl: "/login" }), open({ storage: true, loginUrl: "/login" })]);
    await one.signIn(server.issue());
    await two.reaches("signed_in");
    server.script = () => problem(401, "token_revoked", "login");
    await Promise.all([one.page.waitForURL("**/login"), two.page.waitForURL("**/login"), one.call("/api/x").catch(() => {})]);

    server.script = () => undefined;
    await one.begin({ loginUrl: "/login" });
    await one.signIn(server.issue());
    await one.page.evaluate(() => ((window.still = true), session.signOut()));
    await one.page.evaluate(() => fetch("/api/unrelated"));
    assert.equal(await one.page.evaluate(() => window.still), true, "no navigation to where it is");

    const routed = await open({ loginUrl: "/#/login" });
    await routed.signIn(server.issue());
    await routed.page.evaluate(() => session.signOut());
    await routed.page.waitForURL("**/#/login");
  });

  test("signIn takes only what can be a bearer token, and does not repeat what it does not take", async () => {
    const tab = await open();
    for (const tokens of [{}, { access_token: "" }, { access_token: "secret\nX: y" }, { access_token: "secret ü" }, { access_token: "secret", token_type: "DPoP" }]) {
      const said = await tab.page.evaluate((tokens) => {
        try {
          session.signIn(tokens);
        } catch (error) {
          return error.name + String(error.stack);
        }
      }, tokens);
      assert.match(said, /^TypeError/);
      assert.doesNotMatch(said, /secret/);
    }
    assert.equal(await tab.state(), "signed_out");
  });

  test("accessToken renews what has expired, and rejects when signed out", async () => {
    const tab = await open({ leadTime: 0 });
    const ask = () => tab.page.evaluate(() => session.accessToken().catch(({ name }) => name));
    assert.equal(await ask(), "SignedOutError");
    const tokens = server.issue();
    await tab.signIn(tokens);
    assert.equal(await ask(), tokens.access_token);
    await tab.signIn({ ...tokens, expires_in: 1e-6 });
    assert.match(await ask(), /signature-A\d+$/);
    assert.equal(server.count("/auth/refresh"), 1);
  });

  test("an application's callback that throws changes nothing", async () => {
    const tab = await open();
    const state = await tab.page.evaluate(async (tokens) => {
      const no = () => {
        throw new Error("callback");
      };
      const own = edgewarden.createSession({ refreshUrl: "/auth/refresh", onTokens: no, onSignedOut: no });
      own.subscribe(no);
      own.signIn(tokens);
      const { status } = await own.fetch("/api/x");
      await own.signOut();
      return [status, own.state];
    }, server.issueExpired());
    assert.deepEqual(state, [200, "signed_out"]);
  });

  test("dispose stops everything and signs nobody out", async () => {
    const tab = await open({ storage: true, backOff: 0.01 });
    await tab.signIn(server.issueExpired());
    server.script = ({ path }) => (path === "/auth/refresh" ? problem(503, "origin_unavailable", "retry") : undefined);
    await tab.call("/api/x");
    await tab.page.evaluate(() => session.dispose());
    const sent = server.requests.length;
    await tab.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 200)));
    assert.ok(server.requests.length <= sent + 1);
    assert.equal(await tab.page.evaluate(() => localStorage.length), 1);
    assert.deepEqual(await tab.signedOut(), []);
  });
});

describe("cookie mode", () => {
  const cookie = { mode: "cookie" };

  test("no token is sent or kept; the CSRF header and the cookies are, and only to the API", async () => {
    const tab = await open(cookie);
    server.script = () => ({ json: {} });
    foreign.script = () => ({ json: {}, headers: { "Access-Control-Allow-Origin": "*" } });
    await context.addCookies([{ name: "s", value: "1", url: server.origin }]);
    assert.equal((await tab.call("/api/x", { method: "POST", body: "x", credentials: "omit" })).status, 200);
    await tab.call(foreign.origin + "/x");
    const [{ headers }] = server.to("/api/x");
    assert.equal(headers.authorization, undefined);
    assert.equal(headers["x-edgewarden-csrf"], "1");
    assert.match(headers.cookie, /s=1/);
    assert.equal(foreign.requests[0].headers["x-edgewarden-csrf"], undefined);
  });

  /** A server with the session in a cookie: `fresh` says whether the access cookie is good. */
  function cookies() {
    const jar = { fresh: false, refresh: { json: { expires_in: 300, access_token: "not-for-the-page" } } };
    server.script = ({ path }) => {
      if (path === "/auth/refresh") return (jar.fresh = true), jar.refresh;
      return jar.fresh ? { json: {} } : problem(401, "expired", "refresh");
    };
    return jar;
  }

  test("two tabs, 20 calls each with an expired cookie: one refresh in all, whose answer is not kept", async () => {
    const [one, two] = await Promise.all([open(cookie), open(cookie)]);
    for (let round = 1; round <= 5; round++) {
      server.requests = [];
      cookies();
      const results = await Promise.all([one.calls(20), two.calls(20)]);
      assert.deepEqual(statuses(results.flat()), all(40, 200));
      assert.equal(server.count("/auth/refresh"), 1, `round ${round}`);
      const notes = await Promise.all([one, two].map((tab) => tab.page.waitForFunction(() => localStorage.getItem("edgewarden")).then((note) => note.jsonValue())));
      assert.doesNotMatch(notes.join(), /not-for-the-page/);
      await two.page.waitForFunction((note) => localStorage.getItem("edgewarden") === note, notes[0]);
    }
    const [{ body, headers }] = server.to("/auth/refresh");
    assert.equal(body.length, 0);
    assert.equal(headers["x-edgewarden-csrf"], "1");
    assert.deepEqual(await two.signedOut(), []);
  });

  test("a 204 is a refresh too", async () => {
    const tab = await open(cookie);
    cookies().refresh = { status: 204 };
    assert.equal((await tab.call("/api/x")).status, 200);
  });

  test("the end reaches all tabs, signIn begins anew, and a fresh page gives it a try", async () => {
    const [one, two] = await Promise.all([open({ ...cookie, signOutUrl: "/auth/logout" }), open(cookie)]);
    server.script = () => problem(401, "missing_token", "login");
    assert.equal((await one.call("/api/x")).error, "SignedOutError");
    await two.reaches("signed_out");
    assert.equal(server.requests.length, 1);
    cookies();
    await one.page.evaluate(() => session.signIn({ expires_in: 300 }));
    await two.reaches("signed_in");
    assert.equal((await two.call("/api/x")).status, 200);
    await one.page.evaluate(() => session.signOut());
    await two.reaches("signed_out");
    assert.equal(server.to("/auth/logout")[0].headers["x-edgewarden-csrf"], "1");
    await two.page.reload();
    await two.begin(cookie);
    assert.equal((await two.call("/api/x")).status, 200, "somebody may have signed in on a page of the server's own");
  });
});
