// Bodies that are real streams, which a browser sends over HTTP/2 only.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createSecureServer } from "node:http2";
import { after, before, test as nodeTest } from "node:test";
import { bundled } from "./bundle.mjs";
import { launch } from "../chromium.mjs";
import { selfSigned } from "./self_signed.mjs";

const test = (name, run) => nodeTest(name, { timeout: 60_000 }, run);

let browser, server, origin, page;
const requests = [];

before(async () => {
  const script = await bundled();
  server = createSecureServer({ ...selfSigned(), allowHTTP1: true }, async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const path = request.url;
    if (path === "/session.js") return response.setHeader("Content-Type", "text/javascript"), response.end(script);
    if (path === "/") return response.setHeader("Content-Type", "text/html"), response.end("<!doctype html><title>page</title><link rel=\"icon\" href=\"data:,\">");
    requests.push({ path, body });
    const fresh = request.headers.authorization === "Bearer new";
    const answer = path === "/auth/refresh" ? { access_token: "new", token_type: "Bearer" } : { action: fresh ? "none" : "refresh" };
    response.writeHead(path === "/auth/refresh" || fresh ? 200 : 401, { "Content-Type": "application/json", "WWW-Authenticate": "Bearer" });
    response.end(JSON.stringify(answer));
  });
  server.listen(0, "127.0.0.1");
  [browser] = await Promise.all([launch(), once(server, "listening")]);
  origin = `https://127.0.0.1:${server.address().port}`;
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  page = await context.newPage();
  await page.goto(origin + "/");
});
after(async () => {
  await browser?.close();
  server?.close();
});

test("a stream is not sent twice: a clear error, the session is renewed, and the next call works", async () => {
  const outcomes = await page.evaluate(async () => {
    const { createSession } = await import("/session.js");
    const session = createSession({ refreshUrl: "/auth/refresh" });
    session.signIn({ access_token: "old", token_type: "Bearer", refresh_token: "r" });
    let pulled = 0;
    const upload = () => {
      const body = new ReadableStream({
        pull(controller) {
          pulled++;
          controller.enqueue(new TextEncoder().encode("chunk"));
          controller.close();
        },
      });
      return session.fetch("/api/upload", { method: "POST", body, duplex: "half" }).then(
        (response) => response.status,
        (error) => error.name,
      );
    };
    const first = await upload();
    return [first, session.state, await upload(), pulled];
  });
  assert.deepEqual(outcomes, ["NotReplayableError", "signed_in", 200, 2]);
  assert.deepEqual(requests.map(({ path }) => path), ["/api/upload", "/auth/refresh", "/api/upload"]);
  assert.equal(requests[2].body, "chunk");
});
