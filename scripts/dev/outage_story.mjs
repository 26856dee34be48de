// The story of `npm run demo:outage`, step by step, each with its real answers and with what they should be.

import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { naiveClient, obedientClient } from "./outage_clients.mjs";

const LOGGED_WITHIN_MS = 5_000;
/** So many requests of a client that goes in circles are enough to see it. */
const ENOUGH = 20;

/** Tells the story to `say`, line by line. Resolves with what was not as it should have been. */
export async function outageStory({ user, say, newSecret, deployOrigin, deployGate, origin, gate }) {
  const wrong = [];
  const expect = (what, actual, expected) => {
    const [is, should] = [actual, expected].map((value) => JSON.stringify(value));
    if (is !== should) wrong.push(`${what}: ${is} instead of ${should}`);
  };
  /** One request, said and held against what is expected: status, code, action. */
  const step = async (path, init, expected) => {
    const { status, body } = await request(gate().url, path, init);
    say(`   ${init.method ?? "GET"} ${path}  ->  ${shown(status, body)}`);
    expect(`${init.method ?? "GET"} ${path}`, [status, body.code, body.action].slice(0, expected.length), expected);
    return body;
  };
  const login = () => step("/login", json(user), [200]);
  const call = (token, expected) => step("/list_events", { headers: { Authorization: `Bearer ${token}` } }, expected);
  const refresh = (token, expected) => step("/auth/refresh", form({ refresh_token: token }), expected);

  const [old, other] = [newSecret(), newSecret()];
  await deployOrigin(old);
  await deployGate(old);

  say("\n1. Issuer and gate hold the same ACCESS_SECRET. Two people sign in.");
  const ada = await login();
  await call(ada.access_token, [200]);
  const grace = await login();
  await call(grace.access_token, [200]);

  say("\n2. The issuer is deployed with another secret, and nobody tells the gate. What was signed before still passes:");
  await deployOrigin(other);
  await call(ada.access_token, [200]);
  say("   The first refresh. The issuer answers it with 200; the gate looks at the new pair before anyone gets it:");
  const refused = await refresh(ada.refresh_token, [502, "issued_token_unusable", "login"]);
  expect("reason", refused.reason, "signature_mismatch");
  const line = await logged(gate, refused.request_id);
  say(`   The gate's log, at error level, with the reason and with the fingerprints of both tokens:\n   ${JSON.stringify(line)}`);
  expect("log", [line?.level, line?.code, line?.reason], ["error", "issued_token_unusable", "signature_mismatch"]);
  expect("fingerprint", line?.token, createHash("sha256").update(ada.refresh_token).digest("hex").slice(0, 16));
  expect("fingerprint of the successor", /^[0-9a-f]{16}$/.test(line?.successor), true);

  say("\n3. A client that obeys `action`: the session client of this repository. Somebody signs in with it.");
  const obedient = await obedientClient({ url: gate().url, user, path: "/list_events", calls: 5 });
  for (const { method, path, status, body } of obedient.requests) say(`   ${method} ${path}  ->  ${shown(status, body)}`);
  say(`   ${obedient.state} (${obedient.problem}) after ${obedient.requests.length} requests.`);
  say(`   The page calls 5 times more: ${obedient.sentAfterwards} requests are sent.`);
  const expected = [["/login", 200], ["/list_events", 401], ["/auth/refresh", 502]];
  expect("requests of the client", obedient.requests.map(({ path, status }) => [path, status]), expected);
  expect("its end", [obedient.state, obedient.problem], ["signed_out", "issued_token_unusable"]);
  expect("requests after that", obedient.sentAfterwards, 0);
  expect("calls after that", obedient.errors, Array(5).fill("SignedOutError"));

  say('\n4. The client of that day, which takes "refresh answered 200" for "recovered", and asks the issuer itself:');
  const naive = await naiveClient({ gate: gate().url, origin: origin().url, user, path: "/list_events", enough: ENOUGH });
  say(`   ${naive.slice(0, 5).join(", ")}, ... Stopped here after ${naive.length} requests; by itself it never ends.`);
  const round = ["refresh 200", "call 401"];
  expect("the naive client", naive, ["login 200", "call 401", ...Array.from({ length: ENOUGH - 2 }, (_, i) => round[i % 2])]);

  say(`
5. The repair. "signature_mismatch" of a token that was issued a moment ago says: not expired, but another secret. So hold
   what the issuer signs with against what the gate verifies with:
     edgewarden keys check keys.json                           a key set: which keys, how strong, until when
     edgewarden verify --keys keys.json < token                whether a token that the issuer signs now passes
   and give the gate the issuer's secret by its name, and the one before it as the previous one:
     npx wrangler secret put ACCESS_SECRET_PREVIOUS            what ACCESS_SECRET was
     npx wrangler secret put ACCESS_SECRET                     what the issuer signs with now
   Here it is done. The one who was signed out signs in, and the one who asked for nothing in between notices nothing:`);
  await deployGate(other, old);
  const again = await login();
  await call(again.access_token, [200]);
  await refresh(again.refresh_token, [200]);
  await call(grace.access_token, [200]);
  await refresh(grace.refresh_token, [200]);
  say("");
  return wrong;
}

async function logged(gate, requestId) {
  for (const end = Date.now() + LOGGED_WITHIN_MS; Date.now() < end; await sleep(50)) {
    const line = gate().logged().find(({ event, request_id: id }) => event === "decision" && id === requestId);
    if (line) return line;
  }
  return undefined;
}

async function request(url, path, init) {
  const response = await fetch(url + path, init);
  const text = await response.text();
  let body = {};
  try {
    body = JSON.parse(text);
  } catch {
    // An answer that is not the gate's or the origin's own; the status is said.
  }
  return { status: response.status, body };
}

/** An answer in a line: of a refusal what counts, of tokens only that they are there. */
function shown(status, body) {
  const { code, action, reason } = body;
  if (code) return [status, code, `action ${action}`, reason && `reason ${reason}`].filter(Boolean).join(", ");
  return body.access_token ? `${status}, a new pair` : `${status}`;
}

function json(members) {
  return { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(members) };
}

function form(members) {
  return { method: "POST", body: new URLSearchParams(members) };
}
