// The gate's judgement without the gate: what entry.ts asks of the module for each request. That is the verification, and also
// the route and the identity for the origin. The log line is left out, as the others' is; it costs a hash of the token.

import { Kind, configure, decide } from "../../../src/edge/wire.ts";

let configured;

export function verify(token, env) {
  configured ??= configure({ ...env, GATE: { ...env.GATE, log: "refusals" } });
  const request = `2f0c5b52-7a3e-4b51-9a56-51d1f2a6c0ce\nGET\nhttps://api.example.com/v1/events?page=1\n\nBearer ${token}`;
  const { kind, text } = decide(request);
  if (kind !== Kind.Forward) throw new Error(text);
  return text;
}
