// The same client outside a browser: in Node and in workerd, where there is no page, no storage and no other tab.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Miniflare } from "miniflare";
import { bundled, imported } from "./bundle.mjs";

/** Runs in either: an expired token is renewed once, a refused session ends; returns what was seen. */
async function story({ createSession }) {
  const seen = [];
  let good = "new";
  const server = async (request) => {
    const { pathname } = new URL(request.url);
    seen.push(`${request.method} ${pathname} ${request.headers.get("Authorization") ?? "-"} ${await request.text()}`);
    if (pathname === "/auth/refresh") return Response.json({ access_token: "new", token_type: "Bearer", expires_in: 300 });
    if (request.headers.get("Authorization") === `Bearer ${good}`) return Response.json({ ok: true });
    return Response.json({ action: "refresh" }, { status: 401, headers: { Date: new Date().toUTCString() } });
  };
  const session = createSession({
    refreshUrl: "https://a.test/auth/refresh",
    signOutUrl: "https://a.test/auth/logout",
    fetch: async (input, init) => server(new Request(input, init)),
  });
  session.signIn({ access_token: "old", token_type: "Bearer", refresh_token: "r" });
  const call = () => session.fetch("https://a.test/x", { method: "POST", body: "b" }).then(({ status }) => status, ({ name }) => name);
  const outcomes = await Promise.all([call(), call()]);
  good = "none";
  outcomes.push(await call(), await call());
  session.signIn({ access_token: "last", token_type: "Bearer", refresh_token: "r" });
  outcomes.push(await session.signOut());
  session.dispose();
  return { outcomes, seen };
}

function check({ outcomes, seen }) {
  assert.deepEqual(outcomes, [200, 200, "SignedOutError", "SignedOutError", false]);
  assert.deepEqual(seen, [
    "POST /x Bearer old b",
    "POST /x Bearer old b",
    "POST /auth/refresh - grant_type=refresh_token&refresh_token=r",
    "POST /x Bearer new b",
    "POST /x Bearer new b",
    "POST /x Bearer new b",
    "POST /auth/refresh - grant_type=refresh_token&refresh_token=r",
    "POST /x Bearer new b",
    "POST /auth/logout Bearer last refresh_token=r&token=r",
  ]);
}

test("in Node", async () => check(await story(await imported("index.ts"))));

test("in workerd", { timeout: 60_000 }, async () => {
  const worker = new Miniflare({
    compatibilityDate: "2025-01-01",
    modules: [
      {
        type: "ESModule",
        path: "worker.mjs",
        contents: `import * as client from "./session.mjs"; ${story}
          export default { fetch: async () => Response.json(await story(client)) };`,
      },
      { type: "ESModule", path: "session.mjs", contents: await bundled() },
    ],
  });
  try {
    const response = await worker.dispatchFetch("https://a.test/");
    const text = await response.text();
    assert.equal(response.status, 200, text);
    check(JSON.parse(text));
  } finally {
    await worker.dispose();
  }
});

test("in Node, a session does not keep the process alive", async () => {
  const { createSession } = await imported("index.ts");
  const before = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const session = createSession({ refreshUrl: "https://a.test/auth/refresh" });
  session.signIn({ access_token: "a", token_type: "Bearer", refresh_token: "r", expires_in: 300 });
  assert.equal(process.getActiveResourcesInfo().filter((name) => name === "Timeout").length, before);
  session.dispose();
});

test("a tab that slept while another one renewed, and until that token had expired too, renews once more and is not signed out", async () => {
  const { createSession } = await imported("index.ts");
  const kept = new Map();
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
  const seen = [];
  const respond = async (request) => {
    const token = request.headers.get("Authorization")?.slice(7) ?? (await request.text()).split("=").at(-1);
    seen.push(token);
    if (request.url.endsWith("/refresh")) return Response.json({ access_token: "c", token_type: "Bearer", expires_in: 300, refresh_token: "rc" });
    return token === "c" ? Response.json({}) : Response.json({ action: "refresh" }, { status: 401 });
  };
  for (const told of [{}, { expires_in: 1e-6 }]) {
    const session = createSession({ refreshUrl: "https://a.test/refresh", storage, fetch: respond, leadTime: 0 });
    session.signIn({ access_token: "a", token_type: "Bearer", refresh_token: "ra", ...told });
    // What the other tab left, long ago, and no event told of.
    const [key, value] = [...kept][0];
    kept.set(key, JSON.stringify({ ...JSON.parse(value), serial: 2, accessToken: "b", refreshToken: "rb", lifetime: 5, until: 5 }));
    seen.length = 0;
    assert.equal((await session.fetch("https://a.test/x")).status, 200);
    assert.deepEqual(seen, told.expires_in ? ["rb", "c"] : ["a", "rb", "c"]);
    session.dispose();
    kept.clear();
  }
});

test("a refusal that only means that another tab was faster signs nobody out", async () => {
  const { createSession } = await imported("index.ts");
  const kept = new Map();
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
  const respond = async (request) => {
    if (request.headers.get("Authorization") === "Bearer b") return Response.json({});
    if (!request.url.endsWith("/refresh")) return Response.json({ action: "refresh" }, { status: 401 });
    const [key, value] = [...kept][0];
    kept.set(key, JSON.stringify({ ...JSON.parse(value), serial: 2, accessToken: "b", refreshToken: "rb" }));
    return Response.json({ error: "invalid_grant" }, { status: 400 });
  };
  const session = createSession({ refreshUrl: "https://a.test/refresh", storage, fetch: respond });
  session.signIn({ access_token: "a", token_type: "Bearer", refresh_token: "ra" });
  assert.equal((await session.fetch("https://a.test/x")).status, 200);
  assert.equal(session.state, "signed_in");
  session.dispose();
});

test("without a page, URLs have to be absolute, and it says so at once", async () => {
  const { createSession } = await imported("index.ts");
  assert.throws(() => createSession({ refreshUrl: "/auth/refresh" }), TypeError);
  assert.throws(() => createSession({ refresh: async () => null }), TypeError);
  assert.throws(() => createSession({}), /refreshUrl/);
});
