// The types of the packed package: found by every resolution, right in strict mode, and the same as what the core knows.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { installed, root, run, tarball } from "./consumer.mjs";

const STRICT = {
  target: "ES2022",
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noPropertyAccessFromIndexSignature: true,
  verbatimModuleSyntax: true,
  skipLibCheck: false,
  noEmit: true,
};

/** A browser's project, and one that knows nothing of browsers and nothing of Node. */
const PROJECTS = {
  bundler: { ...STRICT, module: "ESNext", moduleResolution: "Bundler", lib: ["ES2022", "DOM"], types: [] },
  nodenext: { ...STRICT, module: "NodeNext", moduleResolution: "NodeNext", lib: ["ES2022"], types: [] },
};

for (const [name, compilerOptions] of Object.entries(PROJECTS)) {
  test(`TypeScript, ${name}: allows what is meant, and nothing else`, async (t) => {
    const folder = await installed(t, "typescript");
    const right = await readFile(join(folder, "uses.ts"), "utf8");
    const wrong = (await readFile(join(folder, "wrong.txt"), "utf8")).trim().split("\n");
    // Without the DOM's types, `init` cannot tell one object from another.
    const expected = wrong.map((_, n) => right.split("\n").length + n);
    await writeFile(join(folder, "uses.ts"), right + wrong.join("\n"));
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["uses.ts"] }));
    assert.deepEqual(await complaints(folder), expected);
  });
}

test("TypeScript: the session client and the element in a browser's project", async (t) => {
  const folder = await installed(t, "typescript");
  const session = `import { createSession } from "edgewarden/session"; export const session = createSession({ refreshUrl: "/auth/refresh" });\n`;
  const element = (await tarball()).files.includes("dist/element.js") ? `import "edgewarden/element";\n` : "";
  await writeFile(join(folder, "uses.ts"), session + element);
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: PROJECTS.bundler, include: ["uses.ts"] }));
  assert.deepEqual(await complaints(folder), []);
});

/** The numbers of the lines of `uses.ts` that the compiler complains about; other complaints as they are. */
async function complaints(folder) {
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const { stdout } = await run(process.execPath, [tsc, "--pretty", "false", "-p", folder], { cwd: folder }).catch((error) => error);
  const lines = stdout.trim().split("\n").filter((line) => line && !line.startsWith(" "));
  return lines.map((line) => Number(line.match(/^uses\.ts\((\d+),\d+\): error/)?.[1] ?? NaN) || line);
}

test("publint finds nothing", async () => {
  const { publint } = await import("publint");
  const { formatMessage } = await import("publint/utils");
  const { path } = await tarball();
  const { buffer, byteOffset, byteLength } = await readFile(path);
  const { messages, pkg } = await publint({ pack: { tarball: buffer.slice(byteOffset, byteOffset + byteLength) }, strict: true });
  assert.deepEqual(messages.map((message) => formatMessage(message, pkg)), []);
});

test("the types are right for every resolution (attw)", async () => {
  const attw = join(root, "node_modules", "@arethetypeswrong", "cli", "dist", "index.js");
  const args = [(await tarball()).path, "--profile", "esm-only", "--no-color", "--no-emoji", "--format", "table"];
  // Problems make it fail. What CommonJS and TypeScript's oldest resolution make of ES modules is none of ours.
  const { stdout } = await run(process.execPath, [attw, ...args, "--exclude-entrypoints", "edgewarden.wasm"]);
  for (const entry of ["edgewarden", "edgewarden/session", "edgewarden/element"]) assert.match(stdout, new RegExp(`"${entry}"`));
});
