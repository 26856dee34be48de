// What the element and the page compute without a document.

import assert from "node:assert/strict";
import { test } from "node:test";

import { imported } from "./bundle.mjs";

const { timelineScale } = await imported("npm/src/element/timeline_scale.ts");
const { tokenPieces } = await imported("npm/src/element/token_pieces.ts");
const { visible, visibleSpace, shortened } = await imported("npm/src/element/visible_text.ts");
const { fromNow, humanTime, shortDuration } = await imported("npm/src/element/human_time.ts");
const { keyText } = await imported("www/src/key_text.ts");
const { momentText } = await imported("www/src/moment_text.ts");
const { redactedReport } = await imported("www/src/redacted_report.ts");

/** A repeatable sequence of numbers from 0 to 1. */
function* numbers(seed) {
  for (let state = seed; ; ) {
    state = (state * 48_271) % 2_147_483_647;
    yield state / 2_147_483_647;
  }
}

test("on every timeline moments are in order, on the line, and no label covers another", () => {
  const next = ((sequence) => () => sequence.next().value)(numbers(42));
  const now = 1_795_000_000;
  const some = () => (next() < 0.2 ? undefined : Math.round(now + (next() - 0.5) * 10 ** (1 + next() * 9)));
  for (let round = 0; round < 2000; round += 1) {
    const times = { now, server_now: some() ?? null, leeway: next() < 0.3 ? 0 : Math.round(next() * 300), iat: some(), nbf: some(), exp: some() };
    for (const [width, label] of [[310, 103], [700, 104]]) {
      const { moments, good, tolerated, gaps } = timelineScale(times, 48, width - 48, label, 48);
      const names = moments.flatMap((moment) => moment.names).sort();
      const wanted = ["now", ...["iat", "nbf", "exp"].filter((name) => times[name] !== undefined), ...(times.server_now === null ? [] : ["server"])];
      assert.deepEqual(names, wanted.sort());
      for (const side of ["above", "below"]) {
        const own = moments.filter((moment) => moment.side === side);
        own.forEach((moment, index) => {
          assert.ok(moment.x >= 47.9 && moment.x <= width - 47.9, `${moment.x} is not on a line of ${width}`);
          const previous = own[index - 1];
          if (!previous) return;
          assert.ok(previous.at < moment.at && previous.x <= moment.x);
          assert.ok(moment.labelX - previous.labelX > label - 1, "labels overlap");
        });
        for (const { labelX } of own) assert.ok(labelX > label / 2 - 1 && labelX < width - label / 2 + 1, "a label is cut off");
      }
      for (const span of [good, tolerated]) {
        for (const edge of [span.from, span.to]) assert.ok(edge === undefined || (edge >= 47.9 && edge <= width - 47.9));
      }
      for (const { room, seconds } of gaps) assert.ok(room >= 0 && seconds > 0);
    }
  }
});

test("a pasted text is taken apart as people see it", () => {
  const roles = (text) => tokenPieces(text).map(({ role, text: piece }) => `${role}:${piece}`);
  assert.deepEqual(roles("aa.bb.cc"), ["header:aa", "payload:bb", "signature:cc"]);
  assert.deepEqual(roles("Bearer aa.bb.cc\n"), ["before:Bearer ", "header:aa", "payload:bb", "signature:cc", "after:\n"]);
  assert.deepEqual(roles('Authorization: Bearer "aa.bb.cc",'), ['before:Authorization: Bearer "', "header:aa", "payload:bb", "signature:cc", 'after:",']);
  assert.deepEqual(roles("aa.bb.ccaa.bb.cc"), ["header:aa", "payload:bb", "signature:ccaa", "extra:bb.cc"]);
  assert.deepEqual(roles("aa.bb"), ["header:aa", "payload:bb"]);
  assert.deepEqual(roles("aa.bb."), ["header:aa", "payload:bb", "signature:"]);
  assert.deepEqual(roles("opaque"), ["unknown:opaque"]);
  assert.deepEqual(roles("  \n"), ["before:  \n"]);
  assert.deepEqual(roles(""), []);
});

test("taking a text apart loses nothing and takes no time, whatever it is", () => {
  for (const text of [" ".repeat(1e6), `${" ".repeat(5e5)}x${" ".repeat(5e5)}`, ".".repeat(1e6), "Bearer ".repeat(1e5), '"'.repeat(1e6), "bearer".repeat(1e5)]) {
    const start = performance.now();
    const pieces = tokenPieces(text);
    const { length } = pieces.map((piece) => piece.text).join("");
    assert.ok(performance.now() - start < 200);
    const dots = Math.min(text.split(".").length - 1, 3);
    assert.equal(length + dots, text.length);
  }
});

test("what hides in a text is spelt out", () => {
  assert.equal(visible("a\u202eb\u200bc\ufeff\u0000"), "a\\u202eb\\u200bc\\ufeff\\u0000");
  assert.equal(visible("\ud800x"), "\\ud800x");
  assert.equal(visible("née 東京 🙂"), "née 東京 🙂");
  assert.equal(visibleSpace("Bearer \t\r\n"), "Bearer␣⇥↵");
  assert.deepEqual(shortened("abcdefghijklmnop", 8), { head: "abcdefg", left: 8, tail: "p" });
  assert.deepEqual(shortened("abc", 8), { head: "abc", left: 0, tail: "" });
});

test("times are told as people tell them", () => {
  const now = 1_795_334_604;
  assert.deepEqual(
    [0, 1, -59, 119, 120, -7199, 7200, 86_400 * 3, -86_400 * 90, 86_400 * 800].map((gap) => fromNow(now + gap, now)),
    ["now", "in 1 second", "59 seconds ago", "in 119 seconds", "in 2 minutes", "120 minutes ago", "in 2 hours", "in 3 days", "3 months ago", "in 2 years"],
  );
  assert.equal(shortDuration(900), "15 min");
  assert.equal(humanTime(now).utc, "2026-11-22 08:03:24 UTC");
  for (const beyond of [NaN, Infinity, 1e16, -1e16]) assert.equal(humanTime(beyond), undefined);
});

test("what is pasted as a key is understood, and described without a part of it", () => {
  const secret = "correct horse battery staple, and some more";
  assert.deepEqual(keyText(secret, "HS256").set, { keys: [{ kty: "oct", alg: "HS256", k: Buffer.from(secret).toString("base64url") }] });
  assert.equal(keyText(secret, "HS512").set.keys[0].alg, "HS512");
  assert.equal(keyText(secret, "HS512").set.keys[0]["edgewarden:weak"], true);
  for (const alg of ["RS256", "none", "__proto__", undefined]) assert.equal(keyText(secret, alg).set.keys[0].alg, "HS256");
  const jwk = { kty: "oct", alg: "HS256", kid: "a", k: "AA" };
  for (const text of [{ keys: [jwk] }, jwk, [jwk]].map((value) => JSON.stringify(value))) {
    assert.deepEqual(keyText(` ${text}\n`, undefined).set, { keys: [jwk] });
  }
  for (const wrong of ["{", "[1]", '{"keys":1}', "{}", '{"keys":[null]}']) {
    const { set, note, isWrong } = keyText(wrong, undefined);
    assert.ok(isWrong && note && !set, wrong);
  }
  assert.deepEqual(keyText("  ", undefined), { note: "", isWrong: false });
  assert.ok(!keyText(secret, "HS256").note.includes("horse"));
});

test("times may be pasted as they stand in logs, tokens and headers", () => {
  const at = 1_795_334_604;
  for (const text of [String(at), `${at}000`, "2026-11-22T08:03:24Z", "2026-11-22 08:03:24 UTC", "2026-11-22T09:03:24+01:00", "Sun, 22 Nov 2026 08:03:24 GMT", ` ${at} `]) {
    assert.deepEqual(momentText(text), { seconds: at, isWrong: false }, text);
  }
  assert.deepEqual(momentText(" "), { isWrong: false });
  for (const wrong of ["soon", "12:30", "1e9", "2026-13-45"]) assert.ok(momentText(wrong).isWrong, wrong);
});

const REPORT = {
  cause: { code: "issuer_mismatch", party: "issuer", action: "stop", summary: "Issuer is wrong.", fix: '`iss` is "evil.test (x)", expected "good.test"; sub 7; scope `alpha`, no alpha.' },
  findings: [{ code: "issuer_mismatch", party: "issuer", action: "stop", summary: "It says evil.test (x).", fix: "", level: "error" }],
  checks: [{ check: "issuer", outcome: "failed", code: "issuer_mismatch", detail: "evil.test (x)" }],
  header: { alg: "HS256" },
  claims: { iss: "evil.test (x)", n: 7, on: true, deep: { list: ["alpha beta", null] }, "a.b.c": "$& $1" },
  verdict: { valid: false, code: "issuer_mismatch", kid: null },
  not_checked: [],
  token: { bytes: 200, fingerprint: "0123456789abcdef" },
  times: { now: 1, server_now: null, leeway: 30 },
};

test("in a masked report no claim's value is left, in no sentence either", () => {
  const text = redactedReport(REPORT, { maskClaims: true, secrets: [] });
  for (const value of ["evil.test", "alpha beta", "`alpha`", "$&", "sub 7"]) assert.ok(!text.includes(value), `${value} in\n${text}`);
  for (const kept of ["Cause: issuer_mismatch", "good.test", "0123456789abcdef", '"deep"', "200 bytes", "no alpha"]) assert.ok(text.includes(kept), kept);
});

test("a value that a sentence cut short, or told as a date, is masked as well", () => {
  const long = "tenant-".repeat(30);
  const claims = { iss: long, exp: 1_795_334_604, iat: 1_795_334_004_000 };
  const fix = `Seen: \`${long.slice(0, 80)}…\`; it ended 2026-11-22T08:03:24Z and began 2026-11-22T07:53:24Z.`;
  const text = redactedReport({ ...REPORT, claims, cause: { ...REPORT.cause, fix } }, { maskClaims: true, secrets: [] });
  assert.match(text, /Seen: `•••…`; it ended •••Z and began •••Z\./);
});

test("no report holds a secret or a signature, masked or not", () => {
  const secret = "s3cr$t.+secret";
  const jws = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ";
  const report = { ...REPORT, cause: { ...REPORT.cause, fix: `It is ${secret}.` }, claims: { ...REPORT.claims, inner: jws, url: `https://x.test/?t=${jws}&a=1`, s: secret } };
  for (const maskClaims of [true, false]) {
    const text = redactedReport(report, { maskClaims, secrets: [secret, ""] });
    assert.ok(!text.includes(secret) && !text.includes("c2lnbmF0dXJl"), text);
  }
  assert.match(redactedReport(report, { maskClaims: false, secrets: [] }), /eyJzdWIiOiJhIn0\.\[signature removed\]/);
});
