// The gate's judgement without the gate: what entry.ts asks of the module for each request, which is more than the
// verification: the route, the fingerprint, the identity for the origin and the members of the log line are in it.

import { Kind, configure, decide } from "../../../src/edge/wire.ts";

let configured;

export function verify(token, env) {
  configured ??= configure(env);
  const request = `2f0c5b52-7a3e-4b51-9a56-51d1f2a6c0ce\nGET\nhttps://api.example.com/v1/events?page=1\nBearer ${token}`;
  const { kind, text } = decide(request);
  if (kind !== Kind.Forward) throw new Error(text);
  return text;
}
