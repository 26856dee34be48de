import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { startOrigin } from "./origin_fixture.mjs";

let origin;

before(async () => {
  origin = await startOrigin();
});

after(() => origin.dispose());

// What the gate sets, after it has removed whatever came from outside under these names.
const IDENTITY = { "X-Auth-Subject": "user-ada", "X-Auth-Scope": "events positions" };

const get = (path, headers = IDENTITY) => fetch(origin.url + path, { headers });

const postPosition = (body, headers = IDENTITY) =>
  fetch(`${origin.url}/positions`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
  });

test("the session is whoever the gate says it is", async () => {
  assert.deepEqual(await (await get("/check_session")).json(), { sub: "user-ada", scope: "events positions" });
  assert.deepEqual(await (await get("/check_session", { "X-Auth-Subject": "user-bob" })).json(), {
    sub: "user-bob",
    scope: "",
  });
});

test("without the gate's word nobody is let in, whatever token they bring", async () => {
  for (const headers of [{}, { Authorization: "Bearer abc" }, { "X-Auth-Subject": "" }]) {
    for (const response of [
      await get("/check_session", headers),
      await get("/list_events", headers),
      await postPosition({ lat: 1, lon: 1 }, headers),
    ]) {
      assert.equal(response.status, 401);
      assert.ok(response.headers.has("WWW-Authenticate"));
      assert.equal((await response.json()).error, "unauthenticated");
    }
  }
});

test("events are listed, earliest first", async () => {
  assert.deepEqual(await (await get("/list_events")).json(), { events: [] });

  const sample = await readFile(new URL("../../examples/origin/sample_events.sql", import.meta.url), "utf8");
  await origin.db.prepare(sample).run();
  await origin.db.prepare(sample).run(); // as often as one likes
  const { events } = await (await get("/list_events")).json();
  assert.equal(events.length, 3);
  assert.deepEqual(Object.keys(events[0]), ["id", "title", "place", "starts"]);
  assert.deepEqual(events, events.toSorted((a, b) => a.starts - b.starts));
});

test("a position is stored under the name of whoever the gate says is sending it", async () => {
  const response = await postPosition({ lat: 52.52, lon: -13.405, recorded_at: 1_760_000_000, user: "user-eve" });

  assert.equal(response.status, 201);
  const stored = await response.json();
  assert.deepEqual(stored, { id: stored.id, lat: 52.52, lon: -13.405, recorded_at: 1_760_000_000 });
  const row = await origin.db.prepare("SELECT * FROM positions WHERE id = ?").bind(stored.id).first();
  assert.deepEqual(row, { ...stored, user: "user-ada" });
});

test("a position without a time is one of now", async () => {
  const { recorded_at: recordedAt } = await (await postPosition({ lat: 0, lon: 0 })).json();

  assert.ok(Math.abs(recordedAt - Date.now() / 1000) < 10);
});

test("a position that cannot be one is refused, and nothing is stored", async () => {
  const count = () => origin.db.prepare("SELECT count(*) AS n FROM positions").first("n");
  const before = await count();
  const impossible = [
    {},
    { lat: 52 },
    { lat: 90.1, lon: 0 },
    { lat: 0, lon: -180.1 },
    { lat: "52", lon: "13" },
    { lat: null, lon: 13 },
    { lat: [52], lon: 13 },
    '{"lat":1e999,"lon":0}',
    { lat: 1, lon: 1, recorded_at: -1 },
    { lat: 1, lon: 1, recorded_at: 1.5 },
    { lat: 1, lon: 1, recorded_at: "now" },
    { lat: 1, lon: 1, recorded_at: Date.now() }, // milliseconds
    [],
    "null",
    "12",
    '"text"',
    "",
    "{",
    '{"lat":1,"lon":1}}',
    `${"[".repeat(5000)}${"]".repeat(5000)}`,
    `{"lat":${"[".repeat(5000)}${"]".repeat(5000)},"lon":1}`,
    "\u0000",
    new Uint8Array([0x7b, 0xff, 0x7d]),
  ];
  for (const body of impossible) {
    const response = await postPosition(body);
    assert.equal(response.status, 400, JSON.stringify(body).slice(0, 60));
    assert.equal((await response.json()).error, "invalid_request");
  }
  assert.equal(await count(), before);
});

test("SQL in a subject is a text like any other", async () => {
  const subject = "x'); DROP TABLE positions; --";
  const { id } = await (await postPosition({ lat: 1, lon: 2 }, { "X-Auth-Subject": subject })).json();

  assert.equal(await origin.db.prepare("SELECT user FROM positions WHERE id = ?").bind(id).first("user"), subject);
});

test("a body that is too large is refused, also when it does not say how large it is", async () => {
  assert.equal((await postPosition(" ".repeat(17_000))).status, 413);

  // Twice the limit. With much more, the answer may lose a race against the end of the connection.
  let left = 8;
  const unannounced = new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(4096).fill(0x20));
      left -= 1;
      if (left === 0) {
        controller.close();
      }
    },
  });
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(`${origin.url}/login`, { method: "POST", headers, body: unannounced, duplex: "half" });
  assert.equal(response.status, 413);
});

test("a body in a language that is not spoken here is refused with a word on which is", async () => {
  const post = (path, type, body) =>
    fetch(origin.url + path, { method: "POST", headers: type && { "Content-Type": type }, body });
  for (const path of ["/login", "/refresh", "/logout", "/revoke"]) {
    for (const type of ["text/plain", "multipart/form-data; boundary=x", "application/jsonp"]) {
      const response = await post(path, type, "email=a&password=b");
      assert.equal(response.status, 400);
      assert.match((await response.json()).error_description, /Content-Type/);
    }
    assert.equal((await post(path)).status, 400);
    for (const body of ["{", "[]", "null", "\ufeff{}"]) {
      assert.equal((await post(path, "application/json", body)).status, 400, path + body);
    }
  }
});

test("a parameter that is there twice is refused, as RFC 6749 wants", async () => {
  const body = new URLSearchParams([["refresh_token", "a"], ["refresh_token", "b"]]);
  const response = await fetch(`${origin.url}/refresh`, { method: "POST", body });

  assert.equal(response.status, 400);
  assert.equal((await response.json()).error, "invalid_request");
});

test("another method is told which ones there are", async () => {
  const allowed = {
    "/login": "POST",
    "/refresh": "POST",
    "/logout": "POST",
    "/revoke": "POST",
    "/positions": "POST",
    "/list_events": "GET, HEAD",
    "/check_session": "GET, HEAD",
    "/health": "GET, HEAD",
  };
  for (const [path, allow] of Object.entries(allowed)) {
    const others = ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"].filter((method) => !allow.includes(method));
    for (const method of others) {
      const response = await fetch(origin.url + path, { method, headers: IDENTITY });
      assert.equal(response.status, 405, `${method} ${path}`);
      assert.equal(response.headers.get("Allow"), allow);
      assert.equal((await response.json()).error, "method_not_allowed");
    }
  }
});

test("HEAD is GET without the body", async () => {
  const response = await fetch(`${origin.url}/check_session`, { method: "HEAD", headers: IDENTITY });

  assert.equal(response.status, 200);
  assert.equal(await response.text(), "");
});

test("there is nothing at any other path", async () => {
  for (const path of ["/", "/login/", "/LOGIN", "/__proto__", "/constructor", "/.env", "//login", "/%00"]) {
    const response = await get(path);
    assert.equal(response.status, 404, path);
    assert.equal((await response.json()).error, "not_found");
  }
});

test("a database that was not migrated is an error of the server, and named in its log alone", async () => {
  await origin.db.prepare("ALTER TABLE users RENAME TO users_elsewhere").run();
  try {
    const response = await origin.login("ada@example.com", "correct horse");
    assert.equal(response.status, 500);
    assert.equal(await response.text(), '{"error":"server_error","error_description":"The server could not answer"}');
    const health = await get("/health");
    assert.equal(health.status, 503);
    assert.deepEqual((await health.json()).problems, ["database_unusable"]);
    assert.match(origin.output(), /"event":"internal_error","error":"D1_ERROR: no such table: users/);
  } finally {
    await origin.db.prepare("ALTER TABLE users_elsewhere RENAME TO users").run();
  }
});
