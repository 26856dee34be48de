// The crossing: text into the module's memory, one call, text out of it. See wire.rs for what the text says.

import * as wasm from "edgewarden-wasm";

/** What the gate wants to know before the first request, from `configure` in mod.rs. */
export interface Settings {
  mount: string;
  origin: string | null;
  service: boolean;
  timeout: number;
  forwardAuthorization: boolean;
  logAllowed: boolean;
  /** Names of the headers that every judgement may need. */
  reads: string[];
  findings: string[];
}

export const enum Kind {
  Forward = 0,
  ForwardPublic = 1,
  Answer = 2,
  Exchange = 3,
  Login = 4,
  Explain = 5,
}

export interface Decision {
  kind: Kind;
  text: string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

let memory = wasm.shared_memory();
// Views of the memory, made anew when it has grown or when the module was started over.
let bytes = new Uint8Array(memory.buffer);
let room = new Uint8Array(0);
/** Counts the instances of the module. */
let instance = 0;

export function configure(env: unknown): Settings {
  return JSON.parse(wasm.configure(env)) as Settings;
}

/** Carries a request in and the decision about it out. */
export function decide(request: string): Decision {
  return taken(wasm.decide(write(request), Date.now() / 1000));
}

/** What was decided after an exchange, and the cookies that go with it. */
export interface Exchanged {
  decision: Decision;
  cookies: string[];
}

/** Begins an exchange: a plan of what is to be asked (see exchange.ts), or what has been decided already. */
export function prepareExchange(env: unknown, request: string, body: string): { plan: string } | Exchanged {
  const text = wasm.prepare_exchange(env, request, body);
  return text.startsWith("{") ? { plan: text } : exchanged(text);
}

export function finishExchange(env: unknown, request: string, plan: string, outcome: string): Exchanged {
  return exchanged(wasm.finish_exchange(env, request, plan, outcome));
}

function exchanged(text: string): Exchanged {
  const end = text.indexOf("\n\n");
  const [kind, ...lines] = text.slice(0, end).split("\n");
  const cookies = lines.map((line) => line.slice("set-cookie: ".length));
  return { decision: { kind: Number(kind), text: text.slice(end + 2) }, cookies };
}

/** The answer to a login, from the origin's. Anything but an answer: the origin's goes to the page. */
export function loginAnswer(request: string, status: number, body: string): Decision {
  return taken(wasm.login_answer(write(request), status, body, Date.now() / 1000));
}

/** The answer to an operator's question about a token. */
export function explainAnswer(env: unknown, request: string, body: string): Decision {
  return taken(wasm.explain_answer(env, write(request), body, Date.now() / 1000));
}

/** The answer to a request that the origin left without one, or without one in time (`late`). */
export function originUnavailable(request: string, late: boolean): Decision {
  return taken(wasm.origin_unavailable(write(request), Date.now() / 1000, late));
}

/** Starts over with a new instance of the module, after a fault that left the old one in an unknown state. */
export function startOver(): void {
  wasm.__wbg_reset_state();
  instance += 1;
  memory = wasm.shared_memory();
  room = new Uint8Array(0);
}

export function generation(): number {
  return instance;
}

function write(text: string): number {
  if (room.byteLength === 0) enlarge(0);
  let { read, written } = encoder.encodeInto(text, room);
  if (read < text.length) {
    // No character takes more than three bytes in UTF-8 for each of its code units.
    enlarge(text.length * 3);
    ({ read, written } = encoder.encodeInto(text, room));
  }
  return written;
}

function enlarge(size: number): void {
  const ROOM = 16 * 1024;
  const wanted = Math.max(size, ROOM);
  const start = wasm.input(wanted);
  room = new Uint8Array(memory.buffer, start, wanted);
}

function taken(packed: number): Decision {
  // Growing detaches the old buffer: then its views are empty.
  if (bytes.byteLength === 0 || bytes.buffer !== memory.buffer) bytes = new Uint8Array(memory.buffer);
  const start = wasm.output();
  return { kind: packed & 7, text: decoder.decode(bytes.subarray(start, start + (packed >>> 3))) };
}
