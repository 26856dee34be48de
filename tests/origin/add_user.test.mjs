import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startOrigin } from "./origin_fixture.mjs";

const SCRIPT = fileURLToPath(new URL("../../examples/origin/scripts/add-user.mjs", import.meta.url));
const PASSWORD = "correct horse battery";

let origin;

before(async () => {
  origin = await startOrigin();
});

after(() => origin.dispose());

/** Runs the script; resolves to its exit code and output. */
const addUser = (arguments_, stdin = "") =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [SCRIPT, ...arguments_], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
    child.stdin.on("error", () => {}); // it may not want to read
    child.stdin.end(stdin);
  });

test("the statement that it prints adds a user who can log in", async () => {
  const { code, stdout } = await addUser(["Ada@Example.com", "--scope", "events positions"], `${PASSWORD}\n`);
  assert.equal(code, 0);
  assert.ok(!stdout.includes(PASSWORD));
  await origin.db.prepare(stdout).run();

  const response = await origin.login("ada@example.com", PASSWORD);
  assert.equal(response.status, 200);
  assert.equal((await response.json()).scope, "events positions");
});

test("it takes the password as an argument too", async () => {
  const { stdout } = await addUser(["bob@example.com", "--password", PASSWORD]);
  await origin.db.prepare(stdout).run();

  assert.equal((await origin.login("bob@example.com", PASSWORD)).status, 200);
});

test("two users with the same password have different hashes", async () => {
  const [a, b] = await Promise.all([addUser(["a@example.com"], PASSWORD), addUser(["b@example.com"], PASSWORD)]);
  const hashes = [a, b].map(({ stdout }) => /'([0-9a-f]{64})'/.exec(stdout)[1]);

  assert.notEqual(hashes[0], hashes[1]);
});

test("adding a user twice is an error, or nothing when asked for", async () => {
  const add = async (arguments_, password) => {
    const { stdout } = await addUser(arguments_, password);
    await origin.db.prepare(stdout).run();
  };
  await add(["carol@example.com"], PASSWORD);
  await assert.rejects(add(["CAROL@example.com"], "another password"), /UNIQUE/);

  await add(["carol@example.com", "--if-absent"], "another password");
  assert.equal((await origin.login("carol@example.com", PASSWORD)).status, 200);
});

test("quotes in an email or a scope stay in their text", async () => {
  const { stdout } = await addUser(["o'hara');--@example.com", "--scope", "a'b"], PASSWORD);
  await origin.db.prepare(stdout).run();

  const { scope } = await (await origin.login("o'hara');--@example.com", PASSWORD)).json();
  assert.equal(scope, "a'b");
});

test("what cannot be meant is refused with a word on how to use it, and nothing is printed", async () => {
  for (const [arguments_, password] of [
    [[], PASSWORD],
    [["no-email"], PASSWORD],
    [["a b@example.com"], PASSWORD],
    [["a@example.com", "b@example.com"], PASSWORD],
    [["a@example.com"], "short"],
    [["a@example.com"], ""],
    [["a@example.com", "--scope", 'a"b'], PASSWORD],
    [["a@example.com", "--unknown"], PASSWORD],
  ]) {
    const { code, stdout, stderr } = await addUser(arguments_, password);
    assert.equal(code, 2, arguments_.join(" "));
    assert.equal(stdout, "");
    assert.match(stderr, /usage:/);
  }
});
