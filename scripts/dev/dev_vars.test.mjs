import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { readVar, writeVars } from "./dev_vars.mjs";

function temporaryFile(t, text) {
  const folder = mkdtempSync(join(tmpdir(), "dev-vars-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, ".dev.vars");
  if (text !== undefined) writeFileSync(file, text);
  return file;
}

test("what is written can be read, and only by the owner", (t) => {
  const file = temporaryFile(t);
  writeVars(file, { KEYS: '{"keys":[]}' }, { heading: "# made\n" });
  assert.equal(readFileSync(file, "utf8"), `# made\nKEYS='{"keys":[]}'\n`);
  assert.equal(readVar(file, "KEYS"), '{"keys":[]}');
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test("lines of other variables stay as they are", (t) => {
  const file = temporaryFile(t, `# mine\nOTHER=1\nKEYS='{\n "keys": []\n}'\nMY_KEYS="x"`);
  writeVars(file, { KEYS: "$&", NEW: "2" });
  assert.equal(readFileSync(file, "utf8"), `# mine\nOTHER=1\nKEYS='$&'\nMY_KEYS="x"\nNEW='2'\n`);
});

test("a variable that is not there, and a file that is not there, have no value", (t) => {
  const file = temporaryFile(t);
  assert.equal(readVar(file, "KEYS"), undefined);
  writeVars(file, { MY_KEYS: "1" });
  assert.equal(readVar(file, "KEYS"), undefined);
});
