// An origin with a page, an API and a token endpoint, all of whose answers a test can take over.
//
// The token endpoint is strict: a refresh token works once, and showing it again ends the session. A client that refreshes
// twice with one token is found out.
import { once, EventEmitter } from "node:events";
import { createServer } from "node:http";
import { bundled } from "./bundle.mjs";

const PAGE = `<!doctype html><title>page</title><link rel="icon" href="data:,">
<script type="module">import * as edgewarden from "/session.js"; window.edgewarden = edgewarden;</script>`;

const script = bundled();

export class ScriptedServer extends EventEmitter {
  /** Every request that was not for the page itself: `{ method, path, headers, body, at }`. */
  requests = [];
  /** Takes over an answer: gets a request, returns `{ status, headers, json | text }`, `"drop"`, or undefined for the usual one. */
  script = () => undefined;
  /** The server's time in milliseconds. */
  now = () => Date.now();
  /** The lifetime of access tokens in seconds. */
  lifetime = 300;
  /** Whether a token response says `expires_in`, and what is in the payload besides `exp`. */
  expiresIn = true;
  issuedAt = true;

  #serial = 0;
  #expiry = new Map();
  #refreshToken;
  #server = createServer((request, response) => void this.#handle(request, response));

  static async start() {
    const server = new ScriptedServer();
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get port() {
    return this.#server.address().port;
  }

  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  reset() {
    this.requests = [];
    this.script = () => undefined;
    this.now = () => Date.now();
    this.lifetime = 300;
    this.expiresIn = true;
    this.issuedAt = true;
  }

  /** A token pair as the token endpoint would give it. */
  issue() {
    const n = ++this.#serial;
    const seconds = Math.floor(this.now() / 1000);
    const claims = { exp: seconds + this.lifetime, ...(this.issuedAt && { iat: seconds }), jti: n };
    const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const access_token = `${encode({ alg: "HS256" })}.${encode(claims)}.signature-A${n}`;
    this.#refreshToken = `refresh-token-R${n}`;
    this.#expiry.set(access_token, this.now() + this.lifetime * 1000);
    return {
      access_token,
      token_type: "Bearer",
      refresh_token: this.#refreshToken,
      ...(this.expiresIn && { expires_in: this.lifetime }),
    };
  }

  /** A pair whose access token the API takes for expired already; the page is told nothing of it. */
  issueExpired() {
    const tokens = this.issue();
    this.expire(tokens.access_token);
    return tokens;
  }

  expire(token) {
    this.#expiry.set(token, 0);
  }

  count(path) {
    return this.to(path).length;
  }

  to(path) {
    return this.requests.filter((request) => request.path === path);
  }

  /** Resolves when the nth request to a path has come in. */
  async received(path, n = 1) {
    while (this.count(path) < n) await once(this, "request");
  }

  async #handle(request, response) {
    const chunks = [];
    request.on("error", () => {});
    for await (const chunk of request) chunks.push(chunk);
    const path = request.url.split("?")[0];
    if (path === "/" || path === "/login") return response.setHeader("Content-Type", "text/html").end(PAGE);
    if (path === "/session.js") return response.setHeader("Content-Type", "text/javascript").end(await script);

    const seen = { method: request.method, path, headers: request.headers, body: Buffer.concat(chunks), at: this.now() };
    this.requests.push(seen);
    this.emit("request", seen);
    const answer = (await this.script(seen)) ?? (path === "/auth/refresh" ? this.#refresh(seen) : this.#api(seen));
    if (answer === "drop") return request.socket.destroy();
    response.writeHead(answer.status ?? 200, {
      Date: new Date(this.now()).toUTCString(),
      "Cache-Control": "no-store",
      ...(answer.json && { "Content-Type": "application/problem+json" }),
      ...answer.headers,
    });
    response.end(answer.json ? JSON.stringify(answer.json) : answer.text);
  }

  #api({ headers }) {
    const token = headers.authorization?.replace(/^Bearer /, "");
    if (!token) return problem(401, "missing_token", "login");
    if (this.now() >= (this.#expiry.get(token) ?? 0)) return problem(401, "expired", "refresh");
    return { json: { ok: true, token: token.split(".").at(-1) } };
  }

  #refresh({ body }) {
    const token = new URLSearchParams(body.toString()).get("refresh_token");
    if (token === this.#refreshToken) return { json: this.issue() };
    this.#refreshToken = undefined;
    return problem(400, "refresh_token_rejected", "login");
  }
}

/** A refusal as the gate answers it. */
export function problem(status, code, action, more = {}) {
  return { status, json: { status, code, action, ...more }, headers: { "X-Edgewarden-Action": action } };
}
