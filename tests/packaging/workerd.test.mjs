// The package in a Worker: bundled by wrangler as a deployment would be, and run in workerd.

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Miniflare } from "miniflare";

import { wranglerEnvironment } from "../../scripts/dev/wrangler.mjs";
import { installed, root, run } from "./consumer.mjs";
import { expectedOf, question } from "./question.mjs";

test("a Worker", { timeout: 120_000 }, async (t) => {
  const folder = await installed(t, "workerd");
  const wrangler = join(root, "node_modules", "wrangler", "bin", "wrangler.js");
  await run(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", "dist"], { cwd: folder, env: { ...process.env, ...wranglerEnvironment() } });
  const modules = (await readdir(join(folder, "dist"))).filter((name) => /\.(js|mjs|wasm)$/.test(name));
  const worker = new Miniflare({
    compatibilityDate: "2025-01-01",
    rootPath: join(folder, "dist"),
    modulesRoot: join(folder, "dist"),
    modules: modules
      .sort((a) => (a.endsWith(".wasm") ? 1 : -1))
      .map((name) => ({ type: name.endsWith(".wasm") ? "CompiledWasm" : "ESModule", path: join(folder, "dist", name) })),
  });
  t.after(() => worker.dispose());
  for (const asked of [question(), question({ exp: 1 })]) {
    const response = await worker.dispatchFetch("https://consumer.test/", { method: "POST", body: JSON.stringify(asked) });
    assert.deepEqual(await response.json(), await expectedOf(asked));
  }
});
