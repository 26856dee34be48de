// What the client weighs, and what its types allow.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { bundled } from "./bundle.mjs";

const BUDGET = 4096;
const root = fileURLToPath(new URL("../../", import.meta.url));

/** The compiler's complaints about a project; those about `uses.ts` as line numbers. */
async function complaints(folder) {
  try {
    await promisify(execFile)(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "--noEmit", "--pretty", "false", "-p", "."], { cwd: folder });
    return [];
  } catch ({ stdout }) {
    const lines = stdout.trim().split("\n").filter((line) => !line.startsWith(" "));
    return lines.map((line) => line.match(/^uses\.ts\((\d+),\d+\): error/)?.[1] ?? line);
  }
}

test(`the whole client is at most ${BUDGET} bytes of gzip, needs nothing, and says nothing on a console`, async (t) => {
  const text = await bundled();
  const { length } = gzipSync(text);
  t.diagnostic(`session client: ${text.length} bytes, ${length} gzip`);
  assert.ok(length <= BUDGET, `${length} bytes`);
  assert.doesNotMatch(text, /\bimport\b|\brequire\(|console\./);
});

/** Runs in a folder that is there for this test only. */
async function inFolder(run) {
  const folder = await mkdtemp(join(tmpdir(), "session-types-"));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("the sources are right in strict mode", () =>
  inFolder(async (folder) => {
    // The session client alone: the other entries have tests of their own.
    const project = { extends: join(root, "npm/tsconfig.json"), compilerOptions: { rootDir: "/" }, include: [join(root, "npm/src/session")] };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(project));
    assert.deepEqual(await complaints(folder), []);
  }));

test("the types allow what is meant, and nothing else", () =>
  inFolder(async (folder) => {
    const right = `import { createSession, SignedOutError, type SessionState, type TokenResponse } from ${JSON.stringify(join(root, "npm/src/session/index.js"))};
declare const tokens: TokenResponse;
const bearer = createSession({ refreshUrl: "/auth/refresh", storage: localStorage, onTokens: ({ expires_in }) => void expires_in?.toFixed() });
bearer.signIn(tokens);
const token: Promise<string> = bearer.accessToken();
const asFetch: typeof fetch = bearer.fetch;
const state: SessionState = bearer.state;
const own = createSession({ refresh: async (refreshToken) => (refreshToken ? tokens : null), api: ["/api", new URL("https://a.test")] });
const cookie = createSession({ mode: "cookie", refreshUrl: new URL("https://a.test/auth/refresh"), onSignedOut: ({ reason }) => void reason });
cookie.signIn();
cookie.signIn({ expires_in: 5 });
const problem: string | undefined = new SignedOutError("sign_out").problem;
export { token, asFetch, state, own, problem };
`;
    const wrong = [
      `createSession({});`,
      `createSession({ refreshUrl: "/r", refresh: async () => null });`,
      `createSession({ refreshUrl: "/r", unlabelled: "retry" });`,
      `createSession({ mode: "cookie", refreshUrl: "/r", onTokens() {} });`,
      `cookie.accessToken();`,
      `bearer.signIn();`,
      `bearer.signIn({ access_token: "a" });`,
      `bearer.signIn({ access_token: "a", token_type: "Bearer", expires_in: "5" });`,
      `bearer.state = "signed_in";`,
    ];
    const project = { extends: join(root, "npm/tsconfig.json"), compilerOptions: { rootDir: "/" }, include: ["uses.ts"] };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(project));
    await writeFile(join(folder, "uses.ts"), right + wrong.join("\n"));
    const first = right.split("\n").length;
    assert.deepEqual(await complaints(folder), wrong.map((_, n) => String(first + n)));
  }));
