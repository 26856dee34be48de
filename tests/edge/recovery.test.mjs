// A fault of the gate itself closes it for one request, and the next one finds it whole again.
//
// No input is known that makes the module trap, so the trap is put there: the Worker is the one that is deployed, and only
// `WebAssembly.Instance` is replaced around it, with one whose `decide` runs into a real `unreachable` on demand.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { built, eventually, startGate } from "./gate_fixture.mjs";
import { claims, keySet, newKey, sign } from "./tokens.mjs";

const key = newKey("a");

/** (module (func (export "trap") unreachable)) */
const TRAP = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4, 116, 114, 97, 112, 0, 0, 10, 5, 1, 3, 0, 0, 11];

const PRELUDE = `
  import module from "./trap.wasm";
  const { trap } = new WebAssembly.Instance(module).exports;
  const { Instance } = WebAssembly;
  globalThis.instances = 0;
  WebAssembly.Instance = class {
    constructor(module, imports) {
      globalThis.instances += 1;
      const { exports } = new Instance(module, imports);
      const decide = (...args) => (globalThis.trapping ? trap() : exports.decide(...args));
      this.exports = { ...exports, decide };
    }
  };
`;

const MAIN = `
  import "./prelude.js";
  import gate from "./worker.js";
  export default {
    fetch(request, env, context) {
      globalThis.trapping = request.headers.has("x-test-trap");
      try {
        const answer = gate.fetch(request, env, context);
        if (new URL(request.url).pathname === "/test/instances") return Response.json(globalThis.instances);
        return answer;
      } finally {
        globalThis.trapping = false;
      }
    },
  };
`;

describe("a fault of the gate itself", () => {
  let gate;

  before(async () => {
    gate = await startGate({
      secrets: { ACCESS_KEYS: keySet(key) },
      modules: [
        { type: "ESModule", path: built("main.js"), contents: MAIN },
        { type: "ESModule", path: built("prelude.js"), contents: PRELUDE },
        { type: "CompiledWasm", path: built("trap.wasm"), contents: Uint8Array.from(TRAP) },
      ],
    });
  });

  const trapped = (token) => gate.get("/list_events", token, { headers: { "X-Test-Trap": "1" } });
  const instances = async () => (await gate.get("/test/instances", sign(key))).json();

  test("is answered with 500, a problem body and the action retry, and never reaches the origin", async () => {
    const before = gate.origin.requests.length;
    const response = await trapped(sign(key));
    assert.equal(response.status, 500);
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.equal(response.headers.get("x-edgewarden-action"), "retry");
    const { type, error, code, action, request_id: requestId } = await response.json();
    assert.deepEqual(
      { type, error, code, action },
      { type: "urn:edgewarden:problem:internal_error", error: "server_error", code: "internal_error", action: "retry" },
    );
    assert.match(requestId, /^[0-9a-f-]{36}$/);
    assert.equal(gate.origin.requests.length, before);
  });

  test("leaves the next request a new instance, which judges as the old one did", async () => {
    const before = await instances();
    await trapped(sign(key));
    const payload = claims();
    const response = await gate.get("/list_events", sign(key, payload));
    assert.equal(response.status, 200);
    assert.equal((await response.json()).headers["x-auth-subject"], payload.sub);
    assert.equal(await instances(), before + 1);
    assert.equal((await gate.get("/list_events")).status, 401);
    assert.equal((await gate.get("/list_events", sign(newKey("a")))).status, 401);
    assert.equal((await gate.get("/list_events", sign(key, claims({ filler: "x".repeat(4000) })))).status, 200);
  });

  test("again and again does no lasting harm", async () => {
    for (let count = 0; count < 20; count += 1) {
      assert.equal((await trapped(sign(key))).status, 500);
      assert.equal((await gate.get("/list_events", sign(key))).status, 200);
    }
  });

  test("does not touch requests that are on their way to the origin", async () => {
    let finish;
    const reflect = gate.origin.respond;
    gate.origin.respond = (request, response) => (finish = () => response.end("at last"));
    const waiting = gate.get("/slow", sign(key));
    while (!finish) await new Promise((resolve) => setTimeout(resolve, 5));
    await trapped(sign(key));
    finish();
    assert.equal(await (await waiting).text(), "at last");
    gate.origin.respond = reflect;
  });

  test("is logged as a fault, by its kind, and without the token", async () => {
    const response = await trapped(sign(key));
    const { request_id: id } = await response.json();
    const about = () => gate.logs().filter(({ request_id: other }) => other === id);
    const [{ event, level, code, why, offset }, ...others] = await eventually("a line", () => about().length > 0 && about());
    assert.deepEqual(others, []);
    assert.deepEqual({ event, level, code, why }, { event: "fault", level: "error", code: "internal_error", why: "RuntimeError" });
    // Of the module that holds the trap.
    assert.match(offset, /^0x[0-9a-f]+$/);
  });
});
