// Refreshing and ending sessions, between the judgement and the Durable Object of the refresh token.

import { type Environment, type OriginRequest, sendToOrigin } from "./origin";
import { type Exchanged, finishExchange, prepareExchange } from "./wire";

/** What exchange.rs asks for when it cannot answer by itself. */
interface Plan {
  token: string;
  /** The name of the refresh token's object. */
  object: string;
  /** For the object: to exchange the token. */
  question?: string;
  /** For the origin: to end the session. */
  revoke?: OriginRequest | null;
}

/** Exchanges the refresh token of a request or ends its session; returns what is decided then, and cookies to be set. */
export async function exchange(
  env: Environment,
  request: string,
  body: string,
): Promise<Exchanged> {
  const prepared = prepareExchange(env, request, body);
  if ("decision" in prepared) return prepared;
  const plan = JSON.parse(prepared.plan) as Plan;
  const outcome = plan.question === undefined ? await end(env, plan) : await ask(env, plan.object, plan.question, plan.token);
  return finishExchange(env, request, prepared.plan, outcome);
}

async function ask(env: Environment, name: string, question: string, token: string): Promise<string> {
  try {
    return await object(env, name).exchange(question, token);
  } catch {
    return "{}";
  }
}

/** Resolves with whether the origin took notice, as JSON. */
async function end(env: Environment, plan: Plan): Promise<string> {
  const forgotten = object(env, plan.object)
    .forget()
    .then(() => true, () => false);
  // RFC 7009 §2.2: an unknown token is answered with 200, too; another 4xx will not change by asking again.
  const told = plan.revoke
    ? sendToOrigin(env, plan.revoke, plan.revoke.timeout).then(
        ({ status }) => status < 500 && status !== 429,
        () => false,
      )
    : true;
  return JSON.stringify((await forgotten) && (await told));
}

function object(env: Environment, name: string) {
  const namespace = env.REFRESH_GATE as NonNullable<Environment["REFRESH_GATE"]>;
  return namespace.get(namespace.idFromName(name));
}
