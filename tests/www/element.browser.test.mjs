// `<token-inspector>` in a page of somebody else, without a framework.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { pathToFileURL } from "node:url";

import { root } from "../../scripts/setup/places.mjs";
import { launch } from "../chromium.mjs";
import { newKey, now, token } from "./tokens.mjs";

const dist = join(root, "npm", "dist");
const TYPES = { js: "text/javascript", wasm: "application/wasm" };
const HOST = `<!doctype html><html lang="en"><title>host</title><link rel="icon" href="data:,"><main><h1>Host</h1></main>`;

let server;
let browser;
let page;

before(async () => {
  server = createServer(async ({ url }, response) => {
    if (url === "/") return response.setHeader("Content-Type", "text/html").end(HOST);
    const content = await readFile(join(dist, url)).catch(() => undefined);
    if (!content) return response.writeHead(404).end();
    return response.setHeader("Content-Type", TYPES[url.split(".").at(-1)] ?? "text/plain").end(content);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.close();
  server?.closeAllConnections();
});
beforeEach(async () => {
  await page?.close();
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
});

const define = () => page.evaluate(() => import("/element.js").then(() => undefined));
const add = (members) =>
  page.evaluate((given) => {
    const element = Object.assign(document.createElement("token-inspector"), given);
    const reported = new Promise((resolve) => element.addEventListener("report", ({ detail }) => resolve(detail), { once: true }));
    document.querySelector("main").append(element);
    return given.token ? reported : undefined;
  }, members);

const key = newKey();
const good = (more = {}) => token(key, { sub: "ada", iat: now() - 60, exp: now() + 600, ...more });
const context = { accessKeys: { keys: [key] } };

test("it reports what explain says, by an event and as a property", async () => {
  await define();
  const report = await add({ token: good(), context });
  assert.equal(report.cause.code, "ok");
  assert.equal(report.verdict.valid, true);
  assert.deepEqual(await page.evaluate(() => document.querySelector("token-inspector").report), report);
  const said = await page.evaluate(async ([text, given]) => {
    const { init, explain } = await import("/browser.js");
    await init();
    return explain(text, given);
  }, [good({ exp: now() - 600 }), { ...context, now: now() }]);
  assert.equal(said.cause.code, "expired");
});

test("properties that were set before it was defined are taken up", async () => {
  await page.evaluate(([text, given]) => {
    const element = document.createElement("token-inspector");
    element.token = text;
    element.context = given;
    document.querySelector("main").append(element);
  }, [good(), context]);
  await define();
  await page.waitForFunction(() => document.querySelector("token-inspector").report?.cause.code === "ok");
});

test("a token in an attribute is not read", async () => {
  await define();
  await page.evaluate((text) => {
    document.querySelector("main").innerHTML = `<token-inspector token="${text}"></token-inspector>`;
  }, good());
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => resolve(undefined))));
  assert.deepEqual(await page.evaluate(() => {
    const { token: text, report } = document.querySelector("token-inspector");
    return { text, report };
  }), { text: "", report: null });
});

test("several properties set in one go make one report", async () => {
  await define();
  await add({ token: good(), context });
  const count = await page.evaluate(async (text) => {
    const element = document.querySelector("token-inspector");
    let reports = 0;
    element.addEventListener("report", () => (reports += 1));
    element.token = text;
    element.context = { ...element.context, policy: { audience: "x" } };
    element.token = `${text}`;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return reports;
  }, good());
  assert.equal(count, 1);
});

test("without a set time it keeps up with the clock, and takes neither focus nor selection", async () => {
  await page.clock.install({ time: new Date("2026-11-22T08:00:00Z") });
  await define();
  const start = Date.parse("2026-11-22T08:00:00Z") / 1000;
  await add({ token: good({ iat: start - 60, exp: start + 5 }), context: { ...context, policy: { leeway: 0 } }, docs: "/causes" });
  assert.equal(await page.evaluate(() => document.querySelector("token-inspector").report.cause.code), "ok");
  const link = await page.evaluate(() => {
    const element = document.querySelector("token-inspector");
    window.heard = [];
    element.addEventListener("report", ({ detail }) => window.heard.push(detail.cause.code));
    element.shadowRoot.querySelector(".more a").focus();
    return element.shadowRoot.activeElement.getAttribute("href");
  });
  assert.equal(link, "/causes#ok");
  await page.clock.runFor(3000);
  assert.deepEqual(await page.evaluate(() => window.heard), []);
  await page.clock.runFor(4000);
  await page.waitForFunction(() => document.querySelector("token-inspector").report.cause.code === "expired");
  const after = await page.evaluate(() => ({ heard: window.heard, focused: document.querySelector("token-inspector").shadowRoot.activeElement?.getAttribute("href") }));
  assert.deepEqual(after, { heard: ["expired"], focused: "/causes#expired" });
});

test("a context that cannot be used is said to be so, without a report and without a secret", async () => {
  await define();
  await add({ token: good(), context });
  await page.evaluate(() => {
    document.querySelector("token-inspector").context = { polcy: {} };
  });
  await page.waitForFunction(() => document.querySelector("token-inspector").report === null);
  const text = await page.evaluate(() => document.querySelector("token-inspector").shadowRoot.textContent);
  assert.match(text, /polcy/);
  assert.ok(!text.includes(key.k));
});

test("numbers are shown as they are written, however JavaScript reads them", async () => {
  await define();
  const claims = `{"sub":9007199254740993,"n":1.10,"exp":${now() + 600}.0,"deep":[1e2,{"id":12345678901234567890}]}`;
  await add({ token: token(key, claims), context });
  const shown = await page.evaluate(() => document.querySelector("token-inspector").shadowRoot.querySelector(".claims").innerText);
  for (const written of ["9007199254740993", "1.10", `${now() + 600}`.slice(0, -2), "1e2", "12345678901234567890"]) {
    assert.ok(shown.includes(written), `${written} in ${shown}`);
  }
  assert.match(shown, /in \d+ minutes/);
});

test("where there is no document, importing it does no harm", async () => {
  const { TokenInspector } = await import(pathToFileURL(join(dist, "element.js")));
  assert.equal(typeof TokenInspector, "function");
});

test("links go where a page can be, and nowhere else", async () => {
  await define();
  await add({ token: good(), context });
  for (const [docs, links] of [["javascript:alert(1)", 0], ["data:text/html,x", 0], ["http://[", 0], ["", 0], ["help/causes.html", 1], ["https://docs.test/x#old", 1]]) {
    const hrefs = await page.evaluate(async (address) => {
      const element = document.querySelector("token-inspector");
      element.docs = address;
      await new Promise((resolve) => setTimeout(resolve));
      return [...element.shadowRoot.querySelectorAll("a")].map((link) => link.getAttribute("href"));
    }, docs);
    assert.equal(hrefs.length, links, docs);
    if (links) assert.equal(hrefs[0], `${docs.split("#")[0]}#ok`);
  }
});

test("it is styled from outside by custom properties and parts, and follows the page's colour scheme", async () => {
  await define();
  await page.addStyleTag({ content: "token-inspector { --ew-ink: rgb(1, 2, 3) } token-inspector::part(cause) { border-top-width: 7px }" });
  await add({ token: good(), context });
  const look = () => page.evaluate(() => {
    const element = document.querySelector("token-inspector");
    const cause = getComputedStyle(element.shadowRoot.querySelector(".cause"));
    return { ink: getComputedStyle(element).color, border: cause.borderTopWidth, ground: getComputedStyle(element.shadowRoot.querySelector(".token")).backgroundColor };
  });
  const light = await look();
  assert.equal(light.ink, "rgb(1, 2, 3)");
  assert.equal(light.border, "7px");
  await page.emulateMedia({ colorScheme: "dark" });
  assert.notEqual((await look()).ground, light.ground);
});

test("many inspectors share one module, and one that is removed does no work any more", async () => {
  const modules = [];
  page.on("request", (request) => request.url().endsWith(".wasm") && modules.push(request.url()));
  await define();
  for (let count = 0; count < 3; count += 1) await add({ token: good(), context });
  assert.equal(modules.length, 1);
  const reports = await page.evaluate(async () => {
    const element = document.querySelector("token-inspector");
    element.remove();
    let heard = 0;
    element.addEventListener("report", () => (heard += 1));
    element.token = "x";
    await new Promise((resolve) => setTimeout(resolve, 50));
    return heard;
  });
  assert.equal(reports, 0);
});
