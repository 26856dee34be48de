// What is pasted stays in the page: nothing is asked for, nothing is kept, nothing stands in an address.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startInspector } from "./page_fixture.mjs";

let inspector;
before(async () => {
  inspector = await startInspector();
});
after(() => inspector?.dispose());

const CSP = {
  "default-src": "'none'",
  "script-src": "'self' 'wasm-unsafe-eval'",
  "style-src": "'self'",
  "connect-src": "'self'",
  "img-src": "'self' data:",
  "base-uri": "'none'",
  "form-action": "'none'",
  "require-trusted-types-for": "'script'",
  "trusted-types": "'none'",
};

function directives(policy) {
  return Object.fromEntries(policy.split(";").map((one) => one.trim().split(/ (.*)/s).slice(0, 2)));
}

test("both documents have the policy, in a header and in themselves", async () => {
  for (const path of ["", "causes"]) {
    const response = await fetch(inspector.url + path);
    assert.equal(response.status, 200);
    assert.deepEqual(directives(response.headers.get("content-security-policy")), { ...CSP, "frame-ancestors": "'none'" });
    assert.equal(response.headers.get("referrer-policy"), "no-referrer");
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    const [, meta] = (await response.text()).match(/http-equiv="Content-Security-Policy" content="([^"]*)"/);
    assert.deepEqual(directives(meta), CSP);
  }
});

test("the policy is in force", async () => {
  const { page } = await inspector.open();
  const outcome = await page.evaluate(async () => {
    const refused = async (attempt) => {
      try {
        await attempt();
        return false;
      } catch {
        return true;
      }
    };
    return [
      await refused(() => fetch("https://elsewhere.test/")),
      await refused(() => (document.createElement("div").innerHTML = "<b>x</b>")),
      await refused(() => setTimeout("window.broken = 1")),
      await refused(() => (document.createElement("script").text = "window.broken = 1")),
    ];
  });
  assert.deepEqual(outcome, [true, true, true, true]);
});

test("after it has loaded, the page asks for nothing, keeps nothing and stays at its address", async () => {
  const inspected = await inspector.open({ permissions: ["clipboard-read", "clipboard-write"] });
  const { page, context } = inspected;
  await page.waitForLoadState("networkidle");
  const loaded = [...inspected.requests];
  const home = new URL(inspector.url).origin;
  for (const url of loaded) assert.ok(url.startsWith(`${home}/inspect/`), url);
  assert.ok(loaded.some((url) => url.endsWith("/edgewarden.wasm")), "the log has seen the module");

  const codes = await page.$$eval("[data-example]", (buttons) => buttons.map(({ dataset }) => dataset.example));
  for (const code of codes) await inspected.example(code);
  await page.click("#copy");
  await page.waitForFunction(() => document.getElementById("copied").value !== "");
  for (const id of ["token", "access-keys", "issuer", "now", "more-policy"]) await page.fill(`#${id}`, "something");
  await page.click("[data-shows=access-keys]");
  // The report keeps up with the clock.
  await page.fill("#now", "");
  await page.waitForTimeout(1500);

  const kept = await page.evaluate(async () => ({
    local: localStorage.length,
    session: sessionStorage.length,
    cookies: document.cookie,
    databases: (await indexedDB.databases()).length,
    caches: (await caches.keys()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    history: history.length,
    state: history.state,
    address: location.href,
    name: window.name,
  }));
  assert.deepEqual(kept, {
    local: 0, session: 0, cookies: "", databases: 0, caches: 0, workers: 0, history: 2, state: null, address: inspector.url, name: "",
  });
  assert.deepEqual(await context.cookies(), []);
  await page.click("#clear");
  assert.deepEqual(inspected.requests.slice(loaded.length), []);
  await inspected.assertQuiet();
});

test("a page that is left and come back to, or reloaded, is empty", async () => {
  const inspected = await inspector.open();
  const { page } = inspected;
  const held = () => page.evaluate(() => [...document.querySelectorAll("textarea, input[type=text], input[type=password], input:not([type])")].map(({ value }) => value).join(""));
  await inspected.example("expired");
  assert.notEqual(await held(), "");
  await page.goto(`${inspector.url}causes`);
  await page.goBack();
  assert.equal(await held(), "");
  await inspected.example("expired");
  await page.reload();
  assert.equal(await held(), "");
});

test("fields that hold a token or a secret are neither completed nor corrected", async () => {
  const { page } = await inspector.open();
  const careless = await page.$$eval("textarea:not([readonly]), input:not([type=radio], [type=checkbox])", (fields) =>
    fields.filter((field) => field.autocomplete !== "off" || (field.spellcheck && field.inputMode !== "decimal")).map(({ id }) => id),
  );
  assert.deepEqual(careless, []);
});
