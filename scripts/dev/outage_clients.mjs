// Two clients on the day of the outage: the one that obeys, and the one that the story is about.

import { build } from "esbuild";
import { join } from "node:path";

import { root } from "../setup/places.mjs";

/**
 * Signs in at `url` and calls `path` with the session client of `npm/`; then calls it `calls` times more. Resolves with the
 * `requests` that were sent until it was over, the `state` and the `problem` that ended it, the `errors` of the further calls
 * (their names), and how many requests were `sentAfterwards`.
 */
export async function obedientClient({ url, user, path, calls }) {
  const { createSession } = await sessionClient();
  const sent = [];
  const recorded = async (input, init) => {
    const request = new Request(input, init);
    const response = await fetch(request);
    const body = await response.clone().json().catch(() => ({}));
    sent.push({ method: request.method, path: new URL(request.url).pathname, status: response.status, body });
    return response;
  };
  let problem;
  const session = createSession({
    api: url,
    refreshUrl: `${url}/auth/refresh`,
    fetch: recorded,
    onSignedOut: (event) => (problem = event.problem),
  });
  const tokens = await (await recorded(`${url}/login`, login(user))).json();
  session.signIn(tokens);
  await session.fetch(url + path).catch(() => {});
  const requests = sent.splice(0);
  const errors = [];
  for (let i = 0; i < calls; i += 1) await session.fetch(url + path).catch(({ name }) => errors.push(name));
  session.dispose();
  return { requests, state: session.state, problem, errors, sentAfterwards: sent.length };
}

/** Calls, refreshes on 401, calls again, and so on: it knows no `action`. Resolves with what it did, at most `enough` times. */
export async function naiveClient({ gate, origin, user, path, enough }) {
  const done = [];
  const send = async (what, url, init) => {
    const response = await fetch(url, init);
    done.push(`${what} ${response.status}`);
    return { ok: response.ok, body: await response.json().catch(() => ({})) };
  };
  let { body: tokens } = await send("login", `${gate}/login`, login(user));
  while (done.length < enough) {
    const call = await send("call", gate + path, { headers: { Authorization: `Bearer ${tokens.access_token}` } });
    if (call.ok || done.length >= enough) break;
    const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: tokens.refresh_token });
    ({ body: tokens } = await send("refresh", `${origin}/refresh`, { method: "POST", body }));
  }
  return done;
}

function login({ email, password }) {
  const headers = { "Content-Type": "application/json" };
  return { method: "POST", headers, body: JSON.stringify({ email, password }) };
}

/** The exports of the session client, as a page gets it. */
async function sessionClient() {
  const { outputFiles } = await build({
    entryPoints: [join(root, "npm/src/session/index.ts")],
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "error",
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
