// Every example on the page yields the cause that it is named after, and every cause of the design has one.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startInspector } from "./page_fixture.mjs";

const DIAGNOSES = `not_a_jwt jwe_token bearer_prefix quoted_token surrounding_whitespace url_encoded_token truncated_token
  concatenated_tokens base64_not_url_safe alg_none key_type_confusion signed_with_retired_key signed_with_future_key
  signed_with_revoked_key signed_with_other_ring wrong_kid secret_encoding placeholder_secret refresh_token_used_as_access
  access_token_used_as_refresh id_token_used_as_access timestamps_in_milliseconds timestamps_as_strings clock_skew no_expiry
  lifetime_too_long ok`.split(/\s+/);
const VERDICTS = `signature_mismatch key_not_found expired audience_mismatch issuer_mismatch type_mismatch not_yet_valid
  token_too_old claim_missing malformed_claims malformed_token insufficient_scope configuration_invalid`.split(/\s+/);

let inspector;
before(async () => {
  inspector = await startInspector();
});
after(() => inspector?.dispose());

test("every example yields its cause, shows it on top, and has its place among the causes", async (t) => {
  const inspected = await inspector.open();
  const { page } = inspected;
  const codes = await page.$$eval("[data-example]", (buttons) => buttons.map(({ dataset }) => dataset.example));
  for (const code of [...DIAGNOSES, ...VERDICTS]) assert.ok(codes.includes(code), `no example for ${code}`);
  assert.equal(new Set(codes).size, codes.length);

  const documents = await inspector.open({ path: "causes.html" });
  const anchors = new Set(await documents.page.$$eval("[id]", (elements) => elements.map(({ id }) => id)));
  for (const code of codes) {
    await t.test(code, async () => {
      const { cause, verdict } = await inspected.example(code);
      assert.equal(cause.code, code, cause.summary);
      assert.equal(verdict === null, code === "configuration_invalid", "an example brings keys, so there is a verdict");
      const shadow = (selector) => page.evaluate((one) => document.querySelector("token-inspector").shadowRoot.querySelector(one)?.textContent, selector);
      assert.equal(await shadow(".cause .cause-code code"), code);
      assert.equal(await shadow(".cause h2"), cause.summary.split("`").length % 2 ? cause.summary.replaceAll("`", "") : cause.summary);
      assert.match(await shadow("[role=status]"), new RegExp(`^Cause: ${code}\\.`));
      assert.equal(await page.locator("[data-example][aria-current]").getAttribute("data-example"), code);
      assert.ok(anchors.has(code), `causes.html has no #${code}`);
      const href = await page.evaluate(() => document.querySelector("token-inspector").shadowRoot.querySelector(".more a").href);
      assert.equal(href, `${inspector.url}causes.html#${code}`);
    });
  }
  await inspected.assertQuiet();
  await documents.assertQuiet();
});

/** Every text and number in a value, but for short ones, which stand in sentences by chance. */
function values(value) {
  if (typeof value === "string") return value.length > 5 ? [/^[a-z]+$/.test(value) ? `\`${value}\`` : value] : [];
  if (typeof value === "number") return [String(value), new Date(value * 1000).toISOString().slice(0, -5)];
  return value && typeof value === "object" ? Object.values(value).flatMap(values) : [];
}

test("what passes, what passes with a warning and what is refused look different, by a sign as well", async () => {
  const inspected = await inspector.open();
  const looks = [];
  for (const code of ["ok", "lifetime_too_long", "expired"]) {
    await inspected.example(code);
    looks.push(await inspected.page.evaluate(() => {
      const card = document.querySelector("token-inspector").shadowRoot.querySelector(".cause");
      return [card.className, getComputedStyle(card).borderTopColor, card.querySelector(".icon path").getAttribute("d")];
    }));
  }
  assert.deepEqual(looks.map(([name]) => name), ["cause good", "cause doubtful", "cause bad"]);
  for (const which of [1, 2]) assert.equal(new Set(looks.map((look) => look[which])).size, 3);
});

test("the redacted copy of no example holds its signature, its keys or, masked, a claim's value", async () => {
  const inspected = await inspector.open({ permissions: ["clipboard-read", "clipboard-write"] });
  const { page } = inspected;
  for (const code of await page.$$eval("[data-example]", (buttons) => buttons.map(({ dataset }) => dataset.example))) {
    const { claims } = await inspected.example(code);
    await page.click("#copy");
    const copy = await page.inputValue("#copied");
    assert.ok(copy.startsWith(`Cause: ${code}\n`));
    const pasted = await page.inputValue("#token");
    const rings = await Promise.all(["#access-keys", "#refresh-keys"].map((field) => page.inputValue(field)));
    const keys = rings.filter(Boolean).flatMap((ring) => JSON.parse(ring).keys.map(({ k }) => k));
    const segments = pasted.trim().split(/\.|%2E/).filter((segment) => segment.length > 16);
    const hidden = [...keys, ...segments, ...(code === "not_a_jwt" ? [pasted] : []), ...values(claims)];
    assert.deepEqual(hidden.filter((text) => copy.includes(text)), [], code);
  }
});

test("an example is made anew with every click: nothing on the page is a key that others have", async () => {
  const inspected = await inspector.open();
  await inspected.example("ok");
  const first = await inspected.page.inputValue("#access-keys");
  await inspected.example("ok");
  assert.notEqual(await inspected.page.inputValue("#access-keys"), first);
});
