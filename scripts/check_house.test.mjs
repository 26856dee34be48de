import assert from "node:assert/strict";
import { test } from "node:test";

import { findings } from "./check_house.mjs";

const SECRET = "AyM1SysPpbyDfgZld3umj1qzKObwVMko";

const refused = [
  ["a clock in a pure room", "src/jwt/time.rs", "let now = std::time::SystemTime::now();"],
  ["JavaScript in a pure room", "src/session/mod.rs", "use wasm_bindgen::prelude::*;"],
  ["a pure room that imports an outer one", "src/config/mod.rs", "use crate::edge::Request;"],
  ["one outer room in another", "src/cli/mod.rs", "use crate::edge::route;"],
  ["jwt/ importing what is built on it", "src/jwt/mod.rs", "use crate::explain::Report;"],
  ["a header name outside edge/", "src/jwt/why.rs", 'const NAME: &str = "WWW-Authenticate";'],
  ["Debug output in a room of the package", "src/explain/x.rs", 'let text = format!("{key:?}");'],
  ["key material in the source", "src/edge/mod.rs", `let ring = r#"{"kty":"oct","k":"${SECRET}"}"#;`],
  ["a default for a secret in TypeScript", "examples/origin/src/x.ts", 'env.ACCESS_SECRET ?? "ACCESS_SECRET"'],
  ["a default for a secret in Rust", "src/edge/secrets.rs", 'env.secret("ACCESS_SECRET").unwrap_or("x")'],
  ["a secret as a plain variable", "wrangler.toml", '[vars]\nACCESS_KEYS = "{}"'],
  ["somebody's home folder", "docs/x.md", `see ${["", "home", "ada", "edgewarden"].join("/")}`],
];

for (const [what, file, text] of refused) {
  test(`refuses ${what}`, () => assert.equal(findings(file, text).length, 1, String(findings(file, text))));
}

test("says where", () => {
  assert.match(findings("src/jwt/x.rs", "fn a() {}\n\nuse std::fs::File;")[0], /^src\/jwt\/x\.rs:3: /);
});

const passed = [
  ["a comment about the clock", "src/jwt/time.rs", "//! No std::time::SystemTime here.\nfn f() {} // nor std::fs"],
  ["unit tests", "src/jwt/x.rs", "fn f() {}\n#[cfg(test)]\nmod tests { use std::time::Instant; }"],
  ["the clock at the command line", "src/cli/mod.rs", "use std::time::SystemTime;"],
  ["headers in edge/", "src/edge/response.rs", 'headers.set("WWW-Authenticate", value)'],
  ["keys in tests", "tests/edge/gate.test.mjs", `const key = { k: "${SECRET}" };`],
  ["an address", "README.md", "https://example.com/home/page and ./home/x"],
];

for (const [what, file, text] of passed) {
  test(`passes ${what}`, () => assert.deepEqual(findings(file, text), []));
}
