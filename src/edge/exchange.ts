// Refreshing and ending sessions, between the judgement and the Durable Object of the refresh token.

import { type Environment, type OriginRequest, gateOf, tell } from "./origin";
import { type Exchanged, finishExchange, prepareExchange } from "./wire";

/** What exchange.rs asks for when it cannot answer by itself. */
interface Plan {
  token: string;
  /** The name of the refresh token's object, and what it is asked. */
  object: string;
  question: string;
  /** Where a session is to end: for the origin, if it is to be told. */
  revoke?: OriginRequest | null;
}

/** What nobody has answered. */
const NOTHING = "{}";

/** Exchanges the refresh token of a request or ends its session; returns what is decided then, and cookies to be set. */
export async function exchange(
  env: Environment,
  request: string,
  body: string,
): Promise<Exchanged> {
  const prepared = prepareExchange(env, request, body);
  if ("decision" in prepared) return prepared;
  const plan = JSON.parse(prepared.plan) as Plan;
  return finishExchange(env, request, prepared.plan, await (plan.revoke === undefined ? ask(env, plan, false) : end(env, plan)));
}

async function ask(env: Environment, { object, question, token }: Plan, ends: boolean): Promise<string> {
  try {
    return await gateOf(env, object).exchange(question, token, ends);
  } catch {
    return NOTHING;
  }
}

/** Resolves with nothing when gate and origin took notice, or with why not, in a word. */
async function end(env: Environment, plan: Plan): Promise<string> {
  // At the same time: an answer of the origin that is on its way must not reach anybody in between.
  const [outcome, why] = await Promise.all([ask(env, plan, true), plan.revoke ? tell(env, plan.revoke) : ""]);
  return outcome === NOTHING ? "gate_fault" : why;
}
