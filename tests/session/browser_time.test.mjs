// Hours of a session in seconds: the page's clock is a fake one, and the server's goes along with it.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test as nodeTest } from "node:test";
import { launch } from "../chromium.mjs";
import { ScriptedServer, problem } from "./scripted_server.mjs";
import { Tab } from "./tab.mjs";

const HOUR = 3600_000;
const LIFETIME = 300;

const test = (name, run) => nodeTest(name, { timeout: 120_000 }, run);

let browser, server, context, tab, passed;

before(async () => {
  [browser, server] = await Promise.all([launch(), ScriptedServer.start()]);
});
after(async () => {
  await browser?.close();
  server?.close();
});
beforeEach(async () => {
  server.reset();
  passed = 0;
  server.now = () => Date.now() + passed;
  context = await browser.newContext();
});
afterEach(() => context.close());

/** A tab whose own clock differs from the server's by `skew` milliseconds. */
async function open(skew, options) {
  await context.clock.install({ time: Date.now() + skew });
  tab = await Tab.open(context, server.origin, options);
}

/** Lets time pass on both sides, and whatever that starts be finished. */
async function pass(seconds) {
  passed += seconds * 1000;
  await tab.page.clock.runFor(seconds * 1000);
  await tab.page.evaluate(
    () =>
      new Promise((resolve) => {
        if (session.state !== "refreshing") return resolve();
        const stop = session.subscribe((state) => state !== "refreshing" && (stop(), resolve()));
      }),
  );
}

/** Seconds between the requests to a path, from `since`. */
function gaps(path, since) {
  const times = [since, ...server.to(path).map(({ at }) => at)];
  return times.slice(1).map((time, n) => (time - times[n]) / 1000);
}

describe("a client clock that is wrong causes no refresh storm", () => {
  const tellings = {
    "expires_in": {},
    "exp and iat only": { expiresIn: false },
    "exp only": { expiresIn: false, issuedAt: false },
  };
  for (const [name, skew] of [["right", 0], ["one hour fast", HOUR], ["one hour slow", -HOUR]]) {
    for (const [telling, more] of Object.entries(tellings)) {
      test(`clock ${name}, lifetime told by ${telling}: one refresh per token, ahead of its end`, async () => {
        Object.assign(server, { lifetime: LIFETIME }, more);
        await open(skew);
        await tab.signIn(server.issue());
        const since = server.now();
        for (let time = 0; time < 3 * LIFETIME; time += 15) {
          assert.equal((await tab.call("/api/x")).status, 200);
          await pass(15);
        }
        assert.equal(server.count("/api/x"), 60, "the API never saw a token that had expired");
        const times = gaps("/auth/refresh", since);
        assert.equal(times.length, 3, String(times));
        for (const time of times) assert.ok(time > 0.7 * LIFETIME && time < LIFETIME, String(times));
        assert.deepEqual(await tab.signedOut(), []);
      });
    }
  }

  test("over a reload with a wrong clock, too", async () => {
    server.lifetime = LIFETIME;
    await open(HOUR, { storage: true });
    await tab.signIn(server.issue());
    const since = server.now();
    for (let n = 0; n < 8; n++) {
      await pass(60);
      await tab.page.reload();
      await tab.begin({ storage: true });
      assert.equal((await tab.call("/api/x")).status, 200);
    }
    assert.equal(server.count("/api/x"), 8);
    const times = gaps("/auth/refresh", since);
    assert.ok(times.length <= 2 && times[0] > 0.7 * LIFETIME, String(times));
  });

  test("a server whose Date is wrong by an hour costs one refresh at most, ever", async () => {
    Object.assign(server, { lifetime: LIFETIME, expiresIn: false, issuedAt: false });
    await open(0);
    await tab.signIn(server.issue());
    server.script = ({ path }) => (path === "/api/x" ? { json: {}, headers: { Date: new Date(server.now() + HOUR).toUTCString() } } : undefined);
    for (let n = 0; n < 10; n++) {
      await tab.call("/api/x");
      await pass(5);
    }
    assert.ok(server.count("/auth/refresh") <= 1);
  });
});

describe("ahead of time", () => {
  test("a page that does nothing keeps its token fresh", async () => {
    server.lifetime = LIFETIME;
    await open(0);
    await tab.signIn(server.issue());
    // In small steps: a refresh that takes longer than refreshTimeout is given up.
    for (let n = 0; n < 60; n++) await pass(10);
    assert.equal(server.requests.length, server.count("/auth/refresh"));
    assert.equal(server.requests.length, 2);
    assert.equal((await tab.call("/api/x")).status, 200);
  });

  test("a lead time longer than the token's life does not renew it over and over", async () => {
    server.lifetime = LIFETIME;
    await open(0, { leadTime: 1e9 });
    await tab.signIn(server.issue());
    const since = server.now();
    for (let n = 0; n < 40; n++) await pass(15);
    for (const time of gaps("/auth/refresh", since)) assert.ok(time >= 0.7 * LIFETIME - 1, String(time));
  });

  test("leadTime 0: not until a call needs it", async () => {
    server.lifetime = LIFETIME;
    await open(0, { leadTime: 0 });
    await tab.signIn(server.issue());
    for (let n = 0; n < 4; n++) await pass(LIFETIME);
    assert.equal(server.requests.length, 0);
    assert.equal((await tab.call("/api/x")).status, 200);
    assert.deepEqual(server.requests.map(({ path }) => path), ["/auth/refresh", "/api/x"], "and then before it is sent");
  });

  test("a life longer than any timer, or no sensible one, renews nothing", async () => {
    await open(0);
    for (const expires_in of [1e10, 0, -5, "soon", null, 1e400]) {
      await tab.signIn({ access_token: "opaque", token_type: "bearer", refresh_token: "r", expires_in });
      await pass(60);
      assert.equal(server.count("/auth/refresh"), 0, String(expires_in));
    }
  });

  test("a token of one second is renewed when it is needed, not all day long", async () => {
    server.lifetime = 1;
    await open(0);
    await tab.signIn(server.issue());
    for (let n = 0; n < 20; n++) await pass(10);
    assert.equal(server.requests.length, 0);
    assert.equal((await tab.call("/api/x")).status, 200);
    assert.equal(server.count("/auth/refresh"), 1);
  });
});

describe("the server is down for a minute", () => {
  const failures = {
    "it answers 503": problem(503, "origin_unavailable", "retry"),
    "it answers 500": { status: 500, text: "" },
    "the connection breaks": "drop",
  };
  for (const [name, answer] of Object.entries(failures)) {
    test(`${name}: nobody is signed out, few requests, and it recovers by itself`, async () => {
      await open(0);
      await tab.signIn(server.issueExpired());
      server.script = ({ path }) => (path === "/auth/refresh" ? answer : undefined);
      for (let second = 0; second < 60; second += 2) {
        assert.equal((await tab.call("/api/x")).error, "TemporarilyUnavailableError");
        await pass(2);
      }
      assert.equal(server.count("/api/x"), 1, "no call was made with the token that had been refused");
      const tries = server.count("/auth/refresh");
      assert.ok(tries >= 4 && tries <= 9, `${tries} tries`);
      server.script = () => undefined;
      for (let second = 0; second < 60; second += 2) await pass(2);
      assert.equal(await tab.state(), "signed_in", "without a call");
      assert.equal(server.count("/auth/refresh"), tries + 1);
      assert.equal((await tab.call("/api/x")).status, 200);
      assert.deepEqual(await tab.signedOut(), []);
    });
  }

  test("retry_after and Retry-After are kept to", async () => {
    await open(0);
    for (const answer of [
      problem(503, "origin_unavailable", "retry", { retry_after: 45 }),
      { status: 429, text: "", headers: { "Retry-After": "45" } },
    ]) {
      server.requests = [];
      await tab.signIn(server.issueExpired());
      server.script = ({ path }) => (path === "/auth/refresh" ? answer : undefined);
      await tab.call("/api/x");
      for (let second = 0; second < 100; second += 2) await pass(2);
      const [, ...waits] = gaps("/auth/refresh", server.now());
      assert.equal(waits.length, 2);
      for (const wait of waits) assert.ok(wait >= 45 && wait < 60, String(wait));
    }
  });

  test("a server that asks for patience for ever is asked again within the hour", async () => {
    await open(0);
    await tab.signIn(server.issueExpired());
    server.script = ({ path }) => (path === "/auth/refresh" ? problem(503, "x", "retry", { retry_after: 1e12 }) : undefined);
    assert.equal((await tab.call("/api/x")).retryAfter, 3600);
    await pass(3600);
    assert.equal(server.count("/auth/refresh"), 2);
  });

  test("the API answers 503 or breaks off: the caller's affair, no refresh, nobody signed out", async () => {
    await open(0);
    await tab.signIn(server.issue());
    server.script = () => "drop";
    assert.equal((await tab.call("/api/x")).error, "TypeError");
    server.script = () => ({ status: 503, text: "" });
    assert.equal((await tab.call("/api/x")).status, 503);
    assert.equal(server.count("/auth/refresh"), 0);
    assert.equal(await tab.state(), "signed_in");
  });
});
