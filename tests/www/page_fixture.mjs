// The inspector page as it is served, in Chromium, with everything kept that the browser has to say about it.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { freePort } from "../../scripts/dev/ports.mjs";
import { startWorker } from "../../scripts/dev/local_worker.mjs";
import { root } from "../../scripts/setup/places.mjs";
import { launch } from "../chromium.mjs";

/** Serves www/dist as `npm start` does. The result has `url` and `stop()`. */
export async function servePage() {
  if (!existsSync(join(root, "www/dist/_headers"))) throw new Error("www/dist is not there: npm run build:page");
  const worker = await startWorker({ name: "page", cwd: join(root, "www"), port: await freePort(), healthPath: "/inspect/" });
  await worker.waitUntilReady();
  return { url: `${worker.url}/inspect/`, stop: () => worker.stop() };
}

/** A browser and a server, and pages on them. */
export async function startInspector() {
  const server = await servePage();
  const browser = await launch();
  const opened = [];
  return {
    url: server.url,
    browser,
    async open(options = {}) {
      const inspected = await InspectedPage.open(browser, server.url, options);
      opened.push(inspected);
      return inspected;
    },
    async dispose() {
      for (const { context } of opened) await context.close();
      await browser.close();
      await server.stop();
    },
  };
}

export class InspectedPage {
  /** Every request that the browser has made for the page, from its own log. */
  requests = [];
  /** What stood on the console, uncaught errors included, but for what the browser only remarks. */
  complaints = [];

  static async open(browser, url, { path = "", at, prepare, ...options } = {}) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    const page = await context.newPage();
    const inspected = new InspectedPage(context, page);
    await inspected.#listen();
    if (prepare) await page.addInitScript(prepare);
    await page.goto((at ? url.replace("127.0.0.1", at) : url) + path);
    return inspected;
  }

  constructor(context, page) {
    this.context = context;
    this.page = page;
  }

  async #listen() {
    const { page, requests, complaints } = this;
    page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
    });
    const log = await this.context.newCDPSession(page);
    await log.send("Network.enable");
    log.on("Network.requestWillBeSent", ({ request }) => requests.push(request.url));
    log.on("Network.webSocketCreated", ({ url }) => requests.push(url));
    await page.addInitScript(() => {
      window.violations = [];
      document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
        window.violations.push(`${violatedDirective} ${blockedURI}`),
      );
      window.reports = [];
      document.addEventListener("report", ({ detail }) => window.reports.push({ at: performance.now(), cause: detail.cause.code }));
    });
  }

  /** Fails when the browser has complained, about the policy of the page above all. */
  async assertQuiet() {
    assert.deepEqual(await this.page.evaluate(() => window.violations), []);
    assert.deepEqual(this.complaints, []);
  }

  /** Does something that leads to a report, and returns that report. */
  async reportAfter(doing) {
    const before = await this.page.evaluate(() => window.reports.length);
    await doing();
    await this.page.waitForFunction((count) => window.reports.length > count, before);
    return this.report();
  }

  report() {
    return this.page.evaluate(() => document.querySelector("token-inspector").report);
  }

  /** Clicks an example, and returns the report. */
  async example(code) {
    const { page } = this;
    if (!(await page.evaluate(() => document.getElementById("examples").open))) await page.click("#examples summary");
    return this.reportAfter(() => page.click(`[data-example="${code}"]`));
  }

  /** Opens what is closed where there is little room. */
  openFields() {
    return this.page.evaluate(() => {
      for (const part of document.querySelectorAll("details.panel")) part.open = true;
    });
  }

  /** What the element shows, as text. */
  shown() {
    return this.page.evaluate(() => document.querySelector("token-inspector").shadowRoot.querySelector(".view").innerText);
  }
}
