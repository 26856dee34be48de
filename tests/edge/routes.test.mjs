// Routes decide who may do what, and no spelling of a path gets around them: a public route opens exactly what it names,
// a protecting one protects every spelling of it.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { startGate } from "./gate_fixture.mjs";
import { claims, keySet, newKey, sign } from "./tokens.mjs";

const key = newKey("a");
const GATE = {
  routes: [
    { path: "/login", methods: ["POST"], access: "public" },
    { path: "/public/*", access: "public" },
    { path: "/users/*/avatar", methods: ["GET", "HEAD"], access: "public" },
    { path: "/menu", methods: ["GET"], access: "public" },
    { path: "/admin/health", access: "public" },
    { path: "/admin/*", scope: "admin" },
    { path: "/orders/*", methods: ["GET"], scope: "o:read" },
    { path: "/orders/*", scope: ["o:read", "o:write"] },
    { path: "/r%C3%A9sum%C3%A9s/*", scope: "hr" },
    { path: "/my files/*", scope: "files" },
    { path: "/*", access: "token" },
  ],
};

const HOW = [["as workerd hands them over", false], ["as they were sent", true]];

for (const [how, untidied] of HOW) {
  describe(`routes, targets ${how}`, () => {
    let gate;

    before(async () => {
      gate = await startGate({ gate: GATE, secrets: { ACCESS_KEYS: keySet(key) }, untidied });
    });

    /** What comes of a request: the origin's url, or the refusal's code (or workerd's own status). */
    async function outcome(target, { method = "GET", scope } = {}) {
      const before = gate.origin.requests.length;
      const headers = scope === undefined ? [] : [["Authorization", `Bearer ${sign(key, claims({ scope }))}`]];
      const absolute = untidied && target.startsWith("/") ? `http://gate.test${target}` : target;
      const response = await gate.raw(absolute, { method, headers });
      const reached = gate.origin.requests.slice(before).map(({ url }) => url);
      if (response.headers.has("x-edgewarden-action")) {
        assert.deepEqual(reached, [], `${target} was refused, and reached the origin`);
        return response.json().code;
      }
      return reached[0] ?? response.status;
    }

    for (const [method, path, scope, expected] of [
      ["POST", "/login", undefined, "/login"],
      ["GET", "/login", undefined, "missing_token"],
      ["PUT", "/login", undefined, "missing_token"],
      ["POST", "/login/", undefined, "missing_token"],
      ["POST", "/login/extra", undefined, "missing_token"],
      ["GET", "/public/a/b.css?v=1", undefined, "/public/a/b.css?v=1"],
      ["GET", "/public", undefined, "/public"],
      ["GET", "/publicity", undefined, "missing_token"],
      ["GET", "/users/7/avatar", undefined, "/users/7/avatar"],
      ["PUT", "/users/7/avatar", undefined, "missing_token"],
      ["GET", "/users/7/8/avatar", undefined, "missing_token"],
      ["GET", "/users/avatar", undefined, "missing_token"],
      ["GET", "/admin/health", undefined, "/admin/health"],
      ["GET", "/admin/health/x", undefined, "missing_token"],
      ["GET", "/admin/users", "", "insufficient_scope"],
      ["GET", "/admin/users", "admin", "/admin/users"],
      ["GET", "/admin/users", "read admin write", "/admin/users"],
      ["GET", "/admin/users", "admins", "insufficient_scope"],
      ["GET", "/orders/1", "o:read", "/orders/1"],
      ["POST", "/orders/1", "o:read", "insufficient_scope"],
      ["POST", "/orders/1", "o:write o:read", "/orders/1"],
      ["GET", "/anything", undefined, "missing_token"],
      ["GET", "/anything", "", "/anything"],
    ]) {
      const who = scope === undefined ? "nobody" : `a token with scope "${scope}"`;
      test(`${method} ${path} by ${who}: ${expected}`, async () => {
        assert.equal(await outcome(path, { method, scope }), expected);
      });
    }

    for (const path of [
      "/public/..%2fadmin", "/public/..%2Fadmin", "/public/%2e%2e/admin", "/public/%2E%2E/admin", "/public/.%2e/admin",
      "/public/../admin", "/public/./../admin", "/public/..\\admin", "/public\\..\\admin", "/public/..%5cadmin",
      "/public/%252e%252e/admin", "/public/..%252fadmin", "/public/..;/admin", "/public/;/../admin", "/public/..;x=1/admin",
      "/public/%2e%2e%2fadmin", "/public//../admin", "/public/x/../../admin", "/public/..%c0%afadmin", "/public/..%00/admin",
      "//admin", "///admin", "/./admin", "/%2e/admin", "/%61dmin", "/%2561dmin", "/ADMIN", "/Admin", "/aDMIN/", "/admin/",
      "/admin//", "/admin/.", "/admin;x=1", "/admin;", "/;/admin", "/admin%20", "/admin%00", "/admin%00.css", "/admin%3b",
      "/admin/health/..", "/admin/health%2f..", "/admin/health/../users", "/admin/health;x", "/admin/health%00", "/admin/%68ealth",
      "/admin//health", "/ADMIN/health", "/\\admin", "\\admin", "/admin\\health", "/public/../%61dmin",
      "/users/7/../../admin/avatar", "/users/..%2fadmin/avatar", "/users/..%2f..%2fadmin%2fx/avatar",
    ]) {
      test(`${path} opens nothing to nobody`, async () => {
        const seen = await outcome(path);
        assert.ok(["missing_token", 400, 500].includes(seen) || isOrdinary(seen), String(seen));
      });

      test(`${path} does not spare a token the scope`, async () => {
        const seen = await outcome(path, { scope: "" });
        // What is no spelling of /admin goes to the origin as it is, and means to it what it says.
        assert.ok(["insufficient_scope", 400, 500].includes(seen) || isOrdinary(seen) || !meansAdmin(seen), String(seen));
      });
    }

    test("what protects GET protects HEAD, which is a GET to the origin, and what opens GET opens nothing else", async () => {
      const ask = (path, scope) => {
        const headers = scope === undefined ? [] : [["Authorization", `Bearer ${sign(key, claims({ scope }))}`]];
        return gate.raw(untidied ? `http://gate.test${path}` : path, { method: "HEAD", headers });
      };
      const before = gate.origin.requests.length;
      assert.equal((await ask("/orders/1", "")).status, 403);
      assert.equal((await ask("/menu")).status, 401);
      assert.equal(gate.origin.requests.length, before);
      assert.equal((await ask("/orders/1", "o:read")).status, 200);
    });

    test("a protecting route means the same however it is spelt itself", async () => {
      for (const path of ["/r%C3%A9sum%C3%A9s/1", "/r%c3%a9sum%c3%a9s/1", "/R%C3%A9SUM%C3%A9S", "/my%20files/1", "/My%20Files"]) {
        assert.equal(await outcome(path, { scope: "" }), "insufficient_scope", path);
      }
    });

    test("other segments that a star might stand for are plain ones", async () => {
      for (const path of ["/users/%2e%2e/avatar", "/users/../avatar", "/users//avatar", "/users/%2f/avatar"]) {
        assert.equal(await outcome(path), "missing_token", path);
      }
      assert.equal(await outcome("/users/caf%C3%A9/avatar"), "/users/caf%C3%A9/avatar");
    });

    test("a query or a fragment does not make a path public", async () => {
      for (const path of ["/admin?/public/x", "/admin?x=/../public/x", "/admin?x=http://gate.test/public/x"]) {
        assert.equal(await outcome(path), "missing_token", path);
        assert.equal(await outcome(path, { scope: "" }), "insufficient_scope", path);
      }
      for (const path of ["/admin#/public/x", "/admin#/../public/x", "/public#/../admin"]) {
        const seen = await outcome(path);
        assert.ok(["missing_token", "/public", "/public/x"].includes(seen), `${path}: ${seen}`);
      }
    });

    test("a method in another case is another method", async () => {
      // workerd knows methods in upper case only.
      assert.equal(await outcome("/login", { method: "post" }), 501);
    });
  });
}

/** Whether the origin would be asked for something that is public as it stands. */
function isOrdinary(seen) {
  return typeof seen === "string" && /^\/(public(\/[\w.-]+)*|admin\/health|users\/[\w-]+\/avatar)$/.test(seen) && !seen.includes("..");
}

/** Whether a lenient origin could take it for something below /admin. */
function meansAdmin(url) {
  let path = url;
  for (let round = 0; round < 3; round += 1) path = path.replace(/%[0-9a-f]{2}/gi, (code) => Buffer.from(code.slice(1), "hex").toString("latin1"));
  const segments = [];
  for (const part of path.toLowerCase().replaceAll("\\", "/").split("/")) {
    const name = part.split(/[;\0]/)[0].trim();
    if (name === "..") segments.pop();
    else if (name !== "" && name !== ".") segments.push(name);
  }
  return segments[0] === "admin" && segments[1] !== "health";
}

describe("targets that are no path", () => {
  let gate;

  before(async () => {
    gate = await startGate({ gate: GATE, secrets: { ACCESS_KEYS: keySet(key) } });
  });

  for (const target of ["http://other.test/public/x", "http://other.test?/public/x", "*", "public/x", "?/public/x", "other.test:80"]) {
    test(`${target} gets a clear answer and reaches nothing`, async () => {
      const response = await gate.raw(target);
      assert.ok(response.status >= 400, String(response.status));
      assert.equal(gate.origin.requests.length, 0);
    });
  }

  for (const host of ["a/b", "a?b", "a#b", "a\\b", "user@a", "a b", ""]) {
    test(`the host "${host}" gets a clear answer and reaches nothing`, async () => {
      const response = await gate.rawText(`GET /public/x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      assert.ok(response.status >= 400, String(response.status));
      assert.equal(gate.origin.requests.length, 0);
    });
  }

  test("and the gate works on", async () => {
    assert.equal((await gate.get("/public/x")).status, 200);
  });
});
