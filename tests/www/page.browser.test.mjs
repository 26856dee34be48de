// The page in the hands of a user: pasting, policy and time, clearing, wrong input, copying.

import assert from "node:assert/strict";
import { availableParallelism, loadavg } from "node:os";
import { after, before, test } from "node:test";

import { startInspector } from "./page_fixture.mjs";
import { newKey, now, token } from "./tokens.mjs";

const FIRST_REPORT_MS = 300;
const MOST_ROUNDS = 10;

let inspector;
before(async () => {
  inspector = await startInspector();
});
after(() => inspector?.dispose());

const good = (key, more = {}) => token(key, { iss: "https://issuer.test", sub: "ada", aud: "api", iat: now() - 60, exp: now() + 600, ...more });

test("a token is explained as it was pasted, and anew with whatever else is filled in", async () => {
  const inspected = await inspector.open();
  const { page } = inspected;
  const key = newKey();
  const text = good(key);

  const alone = await inspected.reportAfter(() => page.fill("#token", text));
  assert.equal(alone.verdict, null);
  assert.ok(alone.not_checked.includes("signature"));
  assert.equal(alone.claims.sub, "ada");

  const withKeys = await inspected.reportAfter(() => page.fill("#access-keys", JSON.stringify({ keys: [key] })));
  assert.equal(withKeys.cause.code, "ok");
  assert.equal(await page.textContent("#access-keys-note"), "1 key: test-1 HS256");

  for (const [pasted, code] of [
    [`Bearer ${text}`, "bearer_prefix"],
    [`"${text}"`, "quoted_token"],
    [`${text}\n`, "surrounding_whitespace"],
  ]) {
    const report = await inspected.reportAfter(() => page.fill("#token", pasted));
    assert.equal(report.cause.code, code);
    assert.equal(report.claims.sub, "ada");
  }

  await inspected.reportAfter(() => page.fill("#token", text));
  const elsewhere = await inspected.reportAfter(() => page.fill("#audience", "another"));
  assert.equal(elsewhere.cause.code, "audience_mismatch");
  const both = await inspected.reportAfter(() => page.fill("#audience", "another, api"));
  assert.equal(both.cause.code, "ok");
  const scoped = await inspected.reportAfter(() => page.fill("#scope", "admin"));
  assert.equal(scoped.cause.code, "insufficient_scope");
  await inspected.reportAfter(() => page.fill("#scope", ""));
  const claim = await inspected.reportAfter(() => page.fill("#more-policy", '{"required_claims":["exp","jti"]}'));
  assert.equal(claim.cause.code, "claim_missing");
  await inspected.reportAfter(() => page.fill("#more-policy", ""));
  const later = await inspected.reportAfter(() => page.fill("#now", new Date((now() + 7200) * 1000).toISOString()));
  assert.equal(later.cause.code, "expired");
  await inspected.assertQuiet();
});

test("the secret out of an .env file will do, and says nothing of itself", async () => {
  const inspected = await inspector.open();
  const { page } = inspected;
  const secret = newKey().k + newKey().k;
  for (const [alg, hash] of [["HS256", "sha256"], ["HS512", "sha512"]]) {
    const { createHmac } = await import("node:crypto");
    const input = [{ alg, typ: "JWT" }, { sub: "ada", exp: now() + 600 }].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    const text = `${input}.${createHmac(hash, secret).update(input).digest("base64url")}`;
    await inspected.reportAfter(() => page.fill("#token", text));
    const report = await inspected.reportAfter(() => page.fill("#access-keys", secret));
    assert.equal(report.cause.code, "ok", alg);
    assert.equal(report.verdict.valid, true);
    assert.equal(await page.textContent("#access-keys-note"), `A bare secret of ${secret.length} bytes, taken for ${alg}`);
    await page.fill("#access-keys", "");
  }
  assert.equal(await page.getAttribute("#access-keys", "type"), "password");
  await page.click("[data-shows=access-keys]");
  assert.equal(await page.getAttribute("#access-keys", "type"), "text");
  await inspected.assertQuiet();
});

test("a short or publicly known secret is said to be one, and the token is explained all the same", async () => {
  const inspected = await inspector.open();
  const { page } = inspected;
  for (const secret of ["a-short-1", "secret"]) {
    const text = token({ kid: undefined, k: Buffer.from(secret).toString("base64url") }, { sub: "ada", exp: now() + 600 }, { alg: "HS256" });
    await page.fill("#access-keys", secret);
    const report = await inspected.reportAfter(() => page.fill("#token", text));
    if (secret === "secret") assert.match(report.cause.summary + report.cause.fix, /publicly known/);
    else assert.equal(report.cause.code, "ok");
    assert.equal(report.claims.sub, "ada");
    await page.fill("#token", "");
  }
});

test("what cannot be understood is said at its field, and the rest is explained", async () => {
  const inspected = await inspector.open();
  const { page } = inspected;
  await inspected.reportAfter(() => page.fill("#token", good(newKey())));
  for (const [field, wrong] of [
    ["access-keys", '{"keys":['],
    ["refresh-keys", '{"keys":7}'],
    ["leeway", "soon"],
    ["max-age", "-1"],
    ["more-policy", "[1]"],
    ["now", "yesterday-ish"],
    ["server-now", "?"],
  ]) {
    await page.fill(`#${field}`, wrong);
    assert.equal(await page.getAttribute(`#${field}`, "aria-invalid"), "true", field);
    assert.ok((await page.textContent(`#${field}-note`)).length > 8);
    assert.match(await page.getAttribute(`#${field}`, "aria-describedby"), new RegExp(`${field}-note`));
    assert.equal((await inspected.report()).claims.sub, "ada");
    await page.fill(`#${field}`, "");
    assert.equal(await page.getAttribute(`#${field}`, "aria-invalid"), null);
  }
  await page.fill("#more-policy", '{"isuer":"x"}');
  await page.waitForFunction(() => /isuer/.test(document.querySelector("token-inspector").shadowRoot.querySelector(".view").textContent));
  await inspected.assertQuiet();
});

test("nothing that is pasted breaks the page", async (t) => {
  const inspected = await inspector.open();
  const { page } = inspected;
  const text = good(newKey());
  const binary = Array.from({ length: 2048 }, (_, code) => String.fromCharCode(code)).join("");
  const pasted = {
    "one character": "x",
    dots: "....",
    "a megabyte": "A".repeat(1_048_576),
    "a megabyte of segments": "A.".repeat(524_288),
    "five megabytes": "A".repeat(5_242_880),
    "a token with a megabyte of claims": token(newKey(), { sub: "x".repeat(1_048_576) }),
    binary,
    "lone surrogates": "\ud800.\udc00.\ud800\ud800",
    "a token and a lone surrogate": `${text}\ud800`,
    "right-to-left overrides": `\u202e${text}`,
    "deep JSON": token(newKey(), `{"a":${"[".repeat(20_000)}${"]".repeat(20_000)}}`),
    "a number without end": token(newKey(), `{"exp":1e400,"iat":-1e-400,"nbf":${"9".repeat(400)}}`),
    "names of JavaScript": token(newKey(), '{"__proto__":{"a":1},"constructor":1,"toString":"x","exp":1}'),
  };
  for (const [name, value] of Object.entries(pasted)) {
    await t.test(name, async () => {
      await page.evaluate((given) => {
        const field = document.getElementById("token");
        field.value = given;
        field.dispatchEvent(new Event("input"));
      }, value);
      await page.waitForFunction(() => document.querySelector("token-inspector").shadowRoot.querySelector(".cause h2")?.textContent);
      const cause = await page.evaluate(() => document.querySelector("token-inspector").shadowRoot.querySelector(".cause").className);
      assert.doesNotMatch(cause, /good/);
      await page.click("#clear");
      assert.equal(await page.evaluate(() => document.querySelector("token-inspector").shadowRoot.querySelector(".view").childElementCount), 0);
    });
  }
  await inspected.assertQuiet();
});

test("Clear leaves nothing behind, in the fields and in the report", async () => {
  const inspected = await inspector.open();
  const { page } = inspected;
  await inspected.example("signed_with_other_ring");
  const key = JSON.parse(await page.inputValue("#access-keys")).keys[0].k;
  const pasted = await page.inputValue("#token");
  await page.click("[data-shows=access-keys]");
  await page.click("#copy");
  await page.waitForFunction(() => document.getElementById("copied").value !== "");
  await page.click("#clear");
  const left = await page.evaluate(() => {
    const element = document.querySelector("token-inspector");
    const fields = [...document.querySelectorAll("input:not([type=radio], [type=checkbox]), textarea")].map(({ value }) => value);
    return { fields: fields.join(""), text: document.body.innerHTML + element.shadowRoot.innerHTML, report: element.report, context: JSON.stringify(element.context), token: element.token };
  });
  assert.equal(left.fields, "");
  assert.equal(left.report, null);
  assert.equal(left.token, "");
  for (const secret of [key, ...pasted.split(".")]) assert.ok(!(left.text + left.context).includes(secret));
  assert.equal(await page.getAttribute("#access-keys", "type"), "password");
  assert.equal(await page.evaluate(() => document.activeElement.id), "token");
  assert.ok(await page.isDisabled("#copy"));
});

test("the redacted copy has the cause, and neither signature nor secret nor, unless wanted, a claim's value", async () => {
  const inspected = await inspector.open({ permissions: ["clipboard-read", "clipboard-write"] });
  const { page } = inspected;
  const nested = good(newKey("inner"));
  const key = newKey();
  const text = good(key, { iss: "https://other.test/tenant", email: "ada@example.test", original: nested, n: 77123, list: ["member-of-list"] });
  await page.fill("#access-keys", JSON.stringify({ keys: [key] }));
  await page.fill("#issuer", "https://issuer.test");
  await inspected.reportAfter(() => page.fill("#token", text));
  const copied = async () => {
    await page.click("#copy");
    await page.waitForFunction(() => document.getElementById("copied").value !== "");
    const clipboard = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(clipboard, await page.inputValue("#copied"));
    return clipboard;
  };
  const masked = await copied();
  assert.match(masked, /^Cause: issuer_mismatch\n/);
  for (const value of ["ada@example.test", "other.test", "77123", "member-of-list", nested.split(".")[1]]) {
    assert.ok(!masked.includes(value), value);
  }
  assert.match(masked, /"email":/);

  await page.uncheck("#mask");
  const whole = await copied();
  assert.ok(whole.includes("ada@example.test") && whole.includes("member-of-list"));
  for (const copy of [masked, whole]) {
    for (const secret of [key.k, text.split(".")[2], nested.split(".")[2]]) assert.ok(!copy.includes(secret));
  }
  await inspected.assertQuiet();
});

test("at an address that the browser does not trust, everything works but what it forbids, and that is said", async () => {
  const inspected = await inspector.open({ at: "plain.test" });
  const { page } = inspected;
  assert.equal(await page.evaluate(() => isSecureContext), false);
  const report = await inspected.reportAfter(() => page.fill("#token", good(newKey())));
  assert.equal(report.claims.sub, "ada");
  assert.ok(await page.isVisible("#examples-note"));
  assert.ok(await page.isDisabled("[data-example=ok]"));
  await page.click("#copy");
  await page.waitForFunction(() => document.activeElement.id === "copied");
  assert.match(await page.textContent("#copy-note"), /cannot be reached/);
  const selected = await page.evaluate(() => document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd));
  assert.match(selected, /^Cause: /);
});

test("claims that hold markup are shown as text, and nothing is made of them", async () => {
  const inspected = await inspector.open();
  const { page } = inspected;
  const markup = `<img src=x onerror="window.broken=1"><script>window.broken=1</script><svg onload=window.broken=1><a href="javascript:1">x</a>`;
  const key = { ...newKey(), kid: markup };
  const claims = { iss: markup, aud: [markup], sub: markup, [markup]: { [markup]: markup }, exp: markup, scope: markup };
  await page.fill("#issuer", "https://issuer.test");
  for (const text of [token(key, claims), token(key, { ...claims, exp: now() + 600 }), markup, `${markup}.${markup}.${markup}`]) {
    for (const keys of ["", JSON.stringify({ keys: [key] })]) {
      await page.fill("#access-keys", keys);
      await inspected.reportAfter(() => page.fill("#token", text));
      const made = await page.evaluate(() => {
        const { shadowRoot } = document.querySelector("token-inspector");
        const foreign = shadowRoot.querySelectorAll("img, script, iframe, [onerror], [onload], [src], [style]");
        const links = [...shadowRoot.querySelectorAll("a")].filter(({ href }) => !href.startsWith(document.baseURI));
        return { foreign: foreign.length, links: links.length, broken: window.broken };
      });
      assert.deepEqual(made, { foreign: 0, links: 0, broken: undefined });
      assert.ok((await page.evaluate(() => document.querySelector("token-inspector").shadowRoot.textContent)).includes("<img src=x onerror"));
      await page.fill("#token", "");
    }
  }
  await inspected.assertQuiet();
});

test(`the first report is there within ${FIRST_REPORT_MS} ms of opening the page`, async (t) => {
  const text = good(newKey());
  const times = [];
  // What else this machine is doing only makes it slower: once within the time is enough, and where it has more to do than it
  // has processors for, everything takes as much longer.
  const budget = FIRST_REPORT_MS * Math.max(1, loadavg()[0] / availableParallelism());
  while (times.length < MOST_ROUNDS && !times.some((time) => time < budget)) {
    // What a fast hand would do: the token stands in the field before the page's script has run.
    const prepare = `document.addEventListener("readystatechange", () => {
      const field = document.getElementById("token");
      if (field && !field.value) field.value = ${JSON.stringify(text)};
    })`;
    const { page, context } = await inspector.open({ prepare });
    await page.waitForFunction(() => window.reports.length > 0);
    times.push(await page.evaluate(() => Math.round(window.reports[0].at)));
    await context.close();
  }
  t.diagnostic(`from the start of the navigation to the report: ${times.join(", ")} ms, at most ${Math.round(budget)}`);
  assert.ok(Math.min(...times) < budget, `${times.join()}, at most ${budget}`);
});
