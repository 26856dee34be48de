// The package in a page, in each of the ways that it gets there; in a real Chromium.

import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { launch } from "../chromium.mjs";
import { installed } from "./consumer.mjs";
import { expectedOf, question } from "./question.mjs";
import { serve } from "./static_server.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** Opens a page and asks it what every consumer is asked. What the page complains about fails the test. */
async function assertAnswers(address) {
  const page = await browser.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  try {
    await page.goto(address);
    await page.waitForFunction(() => globalThis.answer).catch(() => assert.fail(`no answer from the page: ${complaints.join("\n")}`));
    for (const asked of [question(), question({ exp: 1 })]) {
      const answered = await page.evaluate((asked) => globalThis.answer(asked), asked);
      assert.deepEqual(answered, await expectedOf(asked));
    }
    assert.deepEqual(complaints, []);
  } finally {
    await page.close();
  }
}

test("a page without a build", async (t) => {
  const folder = await installed(t, "script");
  await assertAnswers(await serve(t, folder));
});

test("a strict content security policy: scripts of its own, and wasm", async (t) => {
  const folder = await installed(t, "script");
  await cp(join(folder, "index.html"), join(folder, "page.html"));
  // The inline script of the page is the consumer's, not the package's.
  const policy = "default-src 'none'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; connect-src 'self'; img-src data:";
  await assertAnswers(await serve(t, folder, { "Content-Security-Policy": policy }));
});

test("Vite, built", async (t) => {
  const { build } = await import("vite");
  const folder = await installed(t, "vite");
  await build({ root: folder, configFile: false, logLevel: "error", build: { target: "es2022" } });
  await assertAnswers(await serve(t, join(folder, "dist")));
});

test("Vite, as it serves while one develops", async (t) => {
  const { createServer } = await import("vite");
  const folder = await installed(t, "vite");
  const server = await createServer({ root: folder, configFile: false, logLevel: "error", server: { host: "127.0.0.1", port: 0, hmr: false } });
  t.after(() => server.close());
  await server.listen();
  await assertAnswers(`http://127.0.0.1:${server.httpServer.address().port}/`);
});

test("webpack", async (t) => {
  const { default: webpack } = await import("webpack");
  const folder = await installed(t, "webpack");
  const stats = await new Promise((resolve, reject) => {
    webpack(
      {
        mode: "production",
        context: folder,
        entry: "./main.js",
        output: { path: join(folder, "dist"), filename: "main.js", publicPath: "auto" },
        experiments: { outputModule: true },
        performance: false,
      },
      (error, stats) => (error ? reject(error) : resolve(stats)),
    );
  });
  const { errors, warnings } = stats.toJson();
  assert.deepEqual([...errors, ...warnings].map(({ message }) => message), []);
  await cp(join(folder, "index.html"), join(folder, "dist", "index.html"));
  await assertAnswers(await serve(t, join(folder, "dist")));
});

test("esbuild, with the module as a file", async (t) => {
  const { build } = await import("esbuild");
  const folder = await installed(t, "esbuild");
  const { warnings } = await build({
    absWorkingDir: folder,
    entryPoints: ["main.js"],
    outdir: join(folder, "dist"),
    bundle: true,
    format: "esm",
    target: "es2022",
    loader: { ".wasm": "file" },
    logLevel: "silent",
  });
  assert.deepEqual(warnings, []);
  await cp(join(folder, "index.html"), join(folder, "dist", "index.html"));
  await assertAnswers(await serve(t, join(folder, "dist")));
});
