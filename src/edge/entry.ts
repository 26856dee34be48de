// The Worker's entry point. It decides nothing: it carries each request to the judgement in Rust and carries out what was
// decided. One crossing for each request; see mod.rs.

import { answer, broken } from "./answer";
import { limitedText } from "./body";
import { exchange } from "./exchange";
import { forward } from "./forward";
import { writeLog } from "./log";
import type { Environment } from "./origin";
import { type Decision, Kind, type Settings, configure, decide, explainAnswer, loginAnswer, originUnavailable } from "./wire";

export { RefreshGate } from "./refresh_gate";

/** More of a body is never looked at: the same limit as in exchange.rs. */
const MAX_BODY = 64 * 1024;

/** So much of a larger body is still taken in: whoever is still sending when the connection breaks never sees the answer. */
const MAX_DISCARDED = 4 * 1024 * 1024;

let settings: Settings | undefined;

/** One request on its way through the gate. */
interface Passage {
  request: Request;
  id: string;
  started: number;
  settings: Settings;
  env: Environment;
}

export default {
  fetch(request: Request, env: Environment): Promise<Response> | Response {
    const id = crypto.randomUUID();
    try {
      settings ??= start(env);
      const passage = { request, id, started: Date.now(), settings, env };
      return carryOut(passage, decide(spell(passage, false)));
    } catch (error) {
      settings = undefined;
      return broken(error, id);
    }
  },
} satisfies ExportedHandler<Environment>;

function start(env: Environment): Settings {
  const read = configure(env);
  for (const finding of read.findings) console.error(finding);
  return read;
}

/** The request as wire.rs spells it. Most headers stay behind: they cost more to carry than to judge. */
function spell({ request, id, settings: { mount, reads } }: Passage, whole: boolean): string {
  const { method, url, headers } = request;
  let text = `${id}\n${method}\n${url}\n`;
  if (whole || method === "OPTIONS" || url.includes(mount)) {
    for (const [name, value] of headers) text += `${name}: ${value}\n`;
  } else {
    for (const name of reads) {
      const value = headers.get(name);
      if (value !== null) text += `${name}: ${value}\n`;
    }
  }
  text += "\n" + (headers.get("authorization") ?? "");
  return text;
}

function carryOut(passage: Passage, { kind, text }: Decision): Promise<Response> | Response {
  switch (kind) {
    case Kind.Forward:
    case Kind.ForwardPublic:
      return forwarded(passage, kind, text);
    case Kind.Answer:
      return answered(passage, text);
    case Kind.Exchange:
      return exchanged(passage, text.endsWith("body"));
    case Kind.Login:
      return signedIn(passage, text);
    case Kind.Explain:
      return explained(passage);
  }
}

function answered({ request, id, started }: Passage, text: string): Response {
  const { response, log } = answer(request, text);
  if (log) writeLog(log, id, started);
  return response;
}

/**
 * Sends the request on, and waits until the answer begins, but not for ever; its body may take as long as it likes. One promise
 * does all of it: each further layer costs as much as the judgement itself.
 */
function forwarded(passage: Passage, kind: Kind, text: string): Promise<Response> {
  const { request, id, started, settings: current, env } = passage;
  const lines = text.split("\n");
  const log = lines[0];
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined = setTimeout(() => {
      timer = undefined;
      resolve(unanswered(passage, true));
    }, current.timeout);
    /** Whether the origin was in time. */
    const inTime = () => {
      if (timer === undefined) return false;
      clearTimeout(timer);
      return true;
    };
    const failed = () => inTime() && resolve(unanswered(passage, false));
    try {
      forward(request, id, lines, kind === Kind.Forward, current, env).then((response) => {
        if (!inTime()) return void response.body?.cancel().catch(() => undefined);
        if (log) writeLog(log, id, started, response.status);
        resolve(response);
      }, failed);
    } catch {
      // No request can be made of it: the address of the origin is none.
      failed();
    }
  });
}

/** The answer in place of an origin that cannot be reached, or that is too late. */
function unanswered(passage: Passage, late: boolean): Response {
  try {
    return answered(passage, originUnavailable(spell(passage, false), late).text);
  } catch (error) {
    settings = undefined;
    return broken(error, passage.id);
  }
}

/** Exchanges the refresh token in the body or in the cookie, and then does what has been decided. */
async function exchanged(passage: Passage, inBody: boolean): Promise<Response> {
  try {
    const body = inBody ? await limitedText(passage.request.body, MAX_BODY, MAX_DISCARDED) : "";
    const { decision, cookies } = await exchange(passage.env, spell(passage, true), body);
    const response = await carryOut(passage, decision);
    return cookies.length === 0 ? response : withCookies(response, cookies);
  } catch (error) {
    settings = undefined;
    return broken(error, passage.id);
  }
}

function withCookies(response: Response, cookies: string[]): Response {
  // Headers of a fetched response are immutable. One that upgrades has to be put together: it must carry the cookies like any
  // other, for the refresh token that the browser has is spent.
  const { body, webSocket, headers } = response;
  const copy = webSocket ? new Response(null, { status: 101, webSocket, headers }) : new Response(body, response);
  // Whatever the origin says of its answer: with these cookies in it, no cache may give it to anybody else.
  copy.headers.set("Cache-Control", "no-store");
  for (const cookie of cookies) copy.headers.append("Set-Cookie", cookie);
  return copy;
}

/** Forwards a login, and turns the tokens of its answer into cookies. */
async function signedIn(passage: Passage, text: string): Promise<Response> {
  const { request, id, started } = passage;
  const response = await forwarded(passage, Kind.ForwardPublic, text);
  if (response.status !== 200) return response;
  // What holds no tokens goes to the page untouched, however long it is.
  const body = await limitedText(response.clone().body, MAX_BODY);
  const { kind, text: answerText } = loginAnswer(spell(passage, true), response.status, body);
  if (kind !== Kind.Answer) return response;
  void response.body?.cancel().catch(() => undefined);
  return answered({ ...passage, request, id, started }, answerText);
}

/** Answers an operator's question about a token. */
async function explained(passage: Passage): Promise<Response> {
  try {
    const body = await limitedText(passage.request.body, MAX_BODY, MAX_DISCARDED);
    return answered(passage, explainAnswer(passage.env, spell(passage, true), body).text);
  } catch (error) {
    settings = undefined;
    return broken(error, passage.id);
  }
}
