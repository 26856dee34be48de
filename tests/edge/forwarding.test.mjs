// What is allowed reaches the origin as it was sent, and the client gets what the origin answered.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";

import { startGate } from "./gate_fixture.mjs";
import { keySet, newKey, sign } from "./tokens.mjs";

const key = newKey("a");

/** Headers that the way there adds, or that are about one connection only. */
const OF_THE_WAY = /^(host|connection|content-length|transfer-encoding|cf-.*|x-auth-.*|x-request-id)$/;

describe("forwarding", () => {
  let gate;
  let bearer;

  before(async () => {
    const routes = [{ path: "/public/*", access: "public" }];
    gate = await startGate({ gate: { routes }, secrets: { ACCESS_KEYS: keySet(key) } });
    bearer = ["Authorization", `Bearer ${sign(key)}`];
  });

  /** Sends a request with a good token, and resolves with the response and what the origin saw. */
  async function send(target, { headers = [], ...request } = {}) {
    const response = await gate.raw(target, { ...request, headers: [bearer, ...headers] });
    return { response, seen: gate.origin.requests.at(-1) };
  }

  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "PURGE", "REPORT", "SEARCH"]) {
    test(`${method} stays ${method}`, async () => {
      const { response, seen } = await send("/things", { method, body: method === "GET" ? "" : "body" });
      assert.equal(response.status, 200);
      assert.equal(seen.method, method);
      assert.equal(seen.body.toString(), method === "GET" ? "" : "body");
    });
  }

  test("HEAD stays HEAD, with the headers of the answer and no body", async () => {
    const { response, seen } = await send("/things", { method: "HEAD" });
    assert.equal(seen.method, "HEAD");
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "application/json");
  });

  test("path and query arrive as they were written", async () => {
    for (const target of [
      "/", "/?", "/a?", "/a/", "/a//b", "/a?b=c&b=d&e", "/a?b=%20+%2B%26%3d", "/a?url=https://other.test/../x?y=z#",
      "/a%20b/%C3%A9", "/a%2Fb", "/a%2fb", "/~a!$&'()*+,=:@;x=1", "/a?%00", "/a?[]=1", "/a?q=..%2f..", "/%e2%98%83",
    ]) {
      const { seen } = await send(target);
      // A fragment is never sent; here it was.
      assert.equal(seen.url, target.replace(/#.*$/, ""));
    }
  });

  test("a body of any bytes arrives unchanged", async () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, at) => (at * 31 + (at >> 8)) & 255));
    const { seen } = await send("/things", { method: "POST", body: bytes.toString("latin1") });
    assert.ok(seen.body.equals(bytes));
    assert.equal(seen.headers["content-length"], String(bytes.length));
  });

  test("a body of unknown length arrives in chunks, and is whole", async () => {
    const text = `POST /things HTTP/1.1\r\nHost: gate.test\r\n${bearer.join(": ")}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const response = await gate.rawText(`${text}5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n`);
    assert.equal(response.json().body, "hello world");
    assert.equal(gate.origin.requests.at(-1).headers["transfer-encoding"], "chunked");
  });

  test("a GET with a body keeps it", async () => {
    const { response, seen } = await send("/search", { headers: [["Content-Type", "text/x-query"]], body: "who?" });
    assert.equal(response.status, 200);
    assert.equal(seen.body.toString(), "who?");
    assert.equal(seen.headers["content-type"], "text/x-query");
  });

  test("a DELETE with a body keeps it", async () => {
    const { seen } = await send("/things/1", { method: "DELETE", body: "because" });
    assert.equal(seen.body.toString(), "because");
  });

  test("a body that waits for `100 Continue` is sent, and the answer is the origin's final one", async () => {
    const { response, seen } = await send("/things", {
      method: "POST",
      headers: [["Expect", "100-continue"]],
      body: "large, says the client",
    });
    assert.equal(response.status, 200);
    assert.equal(seen.body.toString(), "large, says the client");
  });

  test("all other headers arrive as they were sent", async () => {
    const headers = [
      ["Accept", "text/html;q=0.9, */*"], ["Accept-Encoding", "gzip, br"], ["Accept-Language", "de-CH"],
      ["Cookie", "a=1; b=\"x y\""], ["User-Agent", "runner/1.0 (test)"], ["Referer", "https://app.test/page?x=y"],
      ["Origin", "https://app.test"], ["X-Forwarded-For", "203.0.113.7"], ["X-Forwarded-Method", "DELETE"],
      ["X-Forwarded-Uri", "/admin"], ["If-None-Match", "\"tag\", W/\"weak\""], ["Range", "bytes=0-99"],
      ["Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"], ["X-Empty", ""],
      ["X-Latin", "caf\u00e9"], ["Idempotency-Key", "\"8e03978e\""], ["X_Underscored", "kept"], ["Prefer", "a"],
    ];
    const { seen } = await send("/things", { headers });
    const arrived = Object.entries(seen.headers).filter(([name]) => !OF_THE_WAY.test(name));
    const sent = [bearer, ...headers].map(([name, value]) => [name.toLowerCase(), value]);
    assert.deepEqual(arrived.toSorted(), sent.toSorted());
  });

  test("a header that was sent twice arrives twice", async () => {
    const { seen } = await send("/things", { headers: [["X-List", "a"], ["X-List", "b"]] });
    assert.equal(seen.headers["x-list"], "a, b");
  });

  for (const status of [200, 201, 202, 204, 206, 304, 400, 401, 403, 404, 409, 418, 422, 429, 500, 503]) {
    test(`an answer ${status} of the origin stays ${status}`, async () => {
      const bodiless = status === 204 || status === 304;
      gate.origin.respond = (request, response) => {
        response.writeHead(status, { "X-From": "origin", ...(bodiless ? {} : { "Content-Type": "text/plain" }) });
        response.end(bodiless ? undefined : "from the origin");
      };
      const response = await gate.get("/things", bearer[1].slice(7));
      assert.equal(response.status, status);
      assert.equal(response.headers.get("x-from"), "origin");
      assert.equal(response.headers.get("x-edgewarden-action"), null);
      assert.equal(await response.text(), bodiless ? "" : "from the origin");
    });
  }

  test("an answer's headers arrive unchanged, each Set-Cookie by itself", async () => {
    const headers = {
      "Content-Type": "application/vnd.test+json; charset=utf-8",
      "Cache-Control": "private, max-age=60",
      "Set-Cookie": ["a=1; Path=/; HttpOnly", "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "c=3"],
      "WWW-Authenticate": 'Basic realm="origin"',
      "Access-Control-Allow-Origin": "https://app.test",
      ETag: 'W/"tag"',
      Vary: "Accept-Language",
      "X-Auth-Subject": "the origin may say so",
    };
    gate.origin.respond = (request, response) => response.writeHead(200, headers).end("{}");
    const response = await gate.get("/things", bearer[1].slice(7));
    assert.deepEqual(response.headers.getSetCookie(), headers["Set-Cookie"]);
    for (const [name, value] of Object.entries(headers).filter(([name]) => name !== "Set-Cookie")) {
      assert.equal(response.headers.get(name), value, name);
    }
  });

  test("a redirect is the client's to follow", async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      gate.origin.respond = (request, response) => response.writeHead(status, { Location: "/elsewhere?x=y" }).end();
      const before = gate.origin.requests.length;
      const response = await gate.get("/things", bearer[1].slice(7));
      assert.equal(response.status, status);
      assert.equal(response.headers.get("location"), "/elsewhere?x=y");
      assert.equal(gate.origin.requests.length, before + 1);
    }
  });

  test("a compressed answer stays compressed", async () => {
    const packed = gzipSync("text ".repeat(1000));
    gate.origin.respond = (request, response) => {
      response.writeHead(200, { "Content-Encoding": "gzip", "Content-Type": "text/plain" }).end(packed);
    };
    const { response } = await send("/things", { headers: [["Accept-Encoding", "gzip"]] });
    assert.equal(response.headers.get("content-encoding"), "gzip");
    assert.equal(gunzipSync(Buffer.from(response.body, "latin1")).toString(), "text ".repeat(1000));
  });

  test("an answer that may be cached is asked for again each time", async () => {
    gate.origin.respond = (request, response) => {
      response.writeHead(200, { "Cache-Control": "public, max-age=3600", ETag: '"same"' }).end("same");
    };
    const before = gate.origin.requests.length;
    for (let count = 0; count < 3; count += 1) await (await gate.get("/things", bearer[1].slice(7))).text();
    assert.equal(gate.origin.requests.length, before + 3);
  });
});
