// The session that `npm start` prints to be pasted into another terminal. It is kept as data, so that what is printed
// and what `npm start -- --check` runs are the same commands with the same expectations.

import { execFile } from "node:child_process";

import { root } from "../setup/places.mjs";
import { DEFAULT_PORT } from "./ports.mjs";

const WITHIN_MS = 120_000;
const FORGED_SIGNATURE = "A".repeat(43);

/**
 * The steps: `say` in plain words, `run` as a shell command, and `expect`, the outcome: a `status`, `members` of the
 * JSON body, the `token` variable that the command sets, an `exit` code. Commands build on each other's variables.
 */
export function session({ gateUrl, port, user }) {
  return [
    {
      say: "Log in, through the gate; /login is a public route.",
      run: `GATE=${gateUrl}\n${login("LOGIN", user)}\nACCESS=$(echo "$LOGIN" | ${extract("access_token")})`,
      expect: { token: "ACCESS" },
    },
    {
      say: "Call the API with the token.",
      run: request("/list_events", { token: "$ACCESS" }),
      expect: { status: 200 },
    },
    {
      say: "Send something.",
      run: request("/positions", { token: "$ACCESS", json: { lat: 52.52, lon: 13.405 } }),
      expect: { status: 201 },
    },
    {
      say: "Without a token: refused at the gate, the origin never sees it.",
      run: request("/list_events"),
      expect: { status: 401, members: { code: "missing_token", action: "login" } },
    },
    {
      say: "The same claims under a made-up signature.",
      run: request("/list_events", { token: `\${ACCESS%.*}.${FORGED_SIGNATURE}` }),
      expect: { status: 401, members: { code: "signature_mismatch", action: "refresh" } },
    },
    {
      say: "Refresh: the gate asks the origin once, and checks the new pair before it hands it out.",
      run: `FIRST=$(${refresh()})`,
      expect: { token: "FIRST" },
    },
    {
      say: "The answer was lost on the way? The same refresh token again: the same pair, and the origin is not asked again.",
      run: `AGAIN=$(${refresh()})\ntest "$FIRST" = "$AGAIN"`,
      expect: { token: "AGAIN", exit: 0 },
    },
    {
      say: "An access token is no refresh token: the origin does not hear of it.",
      run: `curl --compressed -sw ' -> %{http_code}\\n' $GATE/auth/refresh -d refresh_token=$ACCESS`,
      expect: { status: 400, members: { code: "refresh_token_invalid", action: "login" } },
    },
    {
      say: "Rotate: from now on a fresh secret signs.",
      run: `${port === DEFAULT_PORT ? "" : `PORT=${port} `}npm run --silent rotate`,
      expect: { exit: 0 },
    },
    {
      say: "The old token still passes; `kid` names the key that signed it.",
      run: request("/auth/session", { token: "$ACCESS" }),
      expect: { status: 200, members: { active: true }, remember: "kid" },
    },
    {
      say: "A new login gets a token under the new key.",
      run: `${login("LOGIN2", user)}\nNEWER=$(echo "$LOGIN2" | ${extract("access_token")})\n${request("/auth/session", { token: "$NEWER" })}`,
      expect: { status: 200, members: { active: true }, token: "NEWER", differs: "kid" },
    },
  ];
}

function login(variable, { email, password }) {
  return `${variable}=$(curl --compressed -s $GATE/login -H 'Content-Type: application/json' \\
  -d '${JSON.stringify({ email, password })}')`;
}

/** Exchanges the refresh token of the login, and prints the new access token. */
function refresh() {
  return `curl --compressed -s $GATE/auth/refresh \\
  -d refresh_token=$(echo "$LOGIN" | ${extract("refresh_token")}) | ${extract("access_token")}`;
}

function extract(member) {
  return `sed 's/.*"${member}":"\\([^"]*\\)".*/\\1/'`;
}

/** One call with curl, which prints the body and then ` -> ` and the status. */
function request(path, { token, json } = {}) {
  const parts = [`curl --compressed -sw ' -> %{http_code}\\n' $GATE${path}`];
  if (token) parts.push(`-H "Authorization: Bearer ${token}"`);
  if (json) parts.push(`-H 'Content-Type: application/json' -d '${JSON.stringify(json)}'`);
  return parts.join(" \\\n  ");
}

/** The session as text for the terminal. */
export function printed(steps) {
  return steps.map(({ say, run, expect }) => `# ${say}${outcome(expect)}\n${run}\n`).join("\n");
}

function outcome({ status, members = {} }) {
  const parts = [status, members.code, members.action && `action ${members.action}`].filter(Boolean);
  return parts.length > 0 ? ` -> ${parts.join(", ")}` : "";
}

/**
 * Pastes the session into a bash and holds every outcome against what is expected. Resolves with the list of what
 * is wrong. Bodies are shown only where they cannot hold a token.
 */
export async function check(steps) {
  const mark = (i) => `@@ step ${i} @@`;
  const script = steps.flatMap(({ run, expect }, i) => [
    `echo '${mark(i)}'`,
    run,
    'echo "exit $?"',
    expect.token ? `echo "token \${${expect.token}//[A-Za-z0-9_-]/}"` : "",
  ]);
  const { stdout, stderr } = await bash(script.join("\n"));
  const wrong = [];
  const remembered = {};
  steps.forEach((step, i) => {
    const output = stdout.split(mark(i))[1]?.split("@@ step")[0].trim() ?? "";
    const problem = problemOf(step.expect, output, remembered);
    if (problem) wrong.push(`${step.run}\n  ${problem}`);
  });
  if (wrong.length > 0 && stderr.trim()) wrong.push(`on standard error: ${stderr.trim()}`);
  return wrong;
}

/** The exit code does not matter: it is the outcome of each step that is looked at. */
function bash(script) {
  return new Promise((resolve) => {
    const options = { cwd: root, timeout: WITHIN_MS };
    execFile("bash", ["-c", script], options, (_error, stdout, stderr) => resolve({ stdout, stderr }));
  });
}

function problemOf({ exit, status, members = {}, token, remember, differs }, output, remembered) {
  if (exit !== undefined && !new RegExp(`^exit ${exit}$`, "m").test(output)) return `expected exit ${exit}, got: ${output}`;
  // A JWT with its letters taken out is two dots.
  if (token && !/^token \.\.$/m.test(output)) return `expected a token in $${token}`;
  if (status === undefined) return undefined;
  const [, body, actual] = output.match(/^([^]*?) -> (\d+)$/m) ?? [];
  if (Number(actual) !== status) return `expected ${status}, got: ${output}`;
  let json = {};
  try {
    json = JSON.parse(body);
  } catch {
    if (Object.keys(members).length > 0) return `expected JSON, got: ${output}`;
  }
  for (const [name, value] of Object.entries(members)) {
    if (json[name] !== value) return `expected "${name}": ${JSON.stringify(value)}, got: ${output}`;
  }
  if (remember) remembered[remember] = json[remember];
  if (differs && (!json[differs] || json[differs] === remembered[differs])) {
    return `expected a "${differs}" other than ${remembered[differs]}, got: ${output}`;
  }
  return undefined;
}
