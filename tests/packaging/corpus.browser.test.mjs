// Every token of the corpus of causes, explained by the packed package in Node and in Chromium: the same text, to the byte, as
// natively. And how long that takes.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";

import { launch } from "../chromium.mjs";
import { installed, root, run } from "./consumer.mjs";
import { question } from "./question.mjs";
import { serve } from "./static_server.mjs";

let folder;
let cases;
before(async (t) => {
  folder = await installed(t, "script");
  cases = await corpus();
});

async function corpus() {
  const scratch = await mkdtemp(join(tmpdir(), "edgewarden-corpus-"));
  try {
    const file = join(scratch, "corpus.jsonl");
    const args = ["test", "--features", "cli", "--test", "causes", "--", "--ignored", "--exact", "causes::corpus::the_corpus_is_written_down"];
    await run("cargo", args, { cwd: root, env: { ...process.env, EDGEWARDEN_CORPUS: file } });
    return (await readFile(file, "utf8")).split("\n").map((line) => JSON.parse(line));
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/** Runs in both: the cases whose report is not the expected one. */
function differences({ explainAsJson }, cases) {
  const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  return cases.flatMap(({ token, context, report }, index) => {
    const named = Object.fromEntries(Object.entries(context).filter(([, value]) => value !== null).map(([name, value]) => [camel(name), value]));
    const seen = explainAsJson(token, named);
    return seen === report ? [] : [{ index, seen, report }];
  });
}

/** Opens a page that has the package as `globalThis.edgewarden`. */
async function pageWithPackage(t) {
  const browser = await launch();
  t.after(() => browser.close());
  const page = await browser.newPage();
  await page.goto(await serve(t, folder));
  await page.evaluate(async () => {
    globalThis.edgewarden = await import("./node_modules/edgewarden/dist/browser.js");
    await globalThis.edgewarden.init();
  });
  return page;
}

test("in Node", async (t) => {
  t.diagnostic(`${cases.length} cases`);
  assert.ok(cases.length > 200);
  assert.deepEqual(differences(await import(join(folder, "node_modules/edgewarden/dist/node.js")), cases), []);
});

test("in Chromium", async (t) => {
  const page = await pageWithPackage(t);
  const script = `(${differences})(globalThis.edgewarden, ${JSON.stringify(cases)})`;
  assert.deepEqual(await page.evaluate(script), []);
});

test("in Chromium, inspecting a typical token takes less than a millisecond", async (t) => {
  const page = await pageWithPackage(t);
  const { token, keys } = question({ aud: "https://api.test", jti: "0123456789", roles: ["a", "b"] });
  const milliseconds = await page.evaluate(
    ({ token, keys }) => {
      const { explain, inspect } = globalThis.edgewarden;
      // A page's clock is coarse: many calls are timed together, and the median of many such rounds counts.
      const median = (call) => {
        const rounds = Array.from({ length: 101 }, () => {
          const begin = performance.now();
          for (let count = 0; count < 20; count++) call();
          return (performance.now() - begin) / 20;
        });
        return rounds.sort((a, b) => a - b)[50];
      };
      return { inspect: median(() => inspect(token)), explain: median(() => explain(token, { accessKeys: keys })) };
    },
    { token, keys },
  );
  t.diagnostic(`median: inspect ${milliseconds.inspect.toFixed(3)} ms, explain ${milliseconds.explain.toFixed(3)} ms`);
  assert.ok(milliseconds.inspect < 1, `${milliseconds.inspect} ms`);
});
