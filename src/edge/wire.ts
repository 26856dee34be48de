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
  readsOrigin: boolean;
  findings: string[];
}

export const enum Kind {
  Forward = 0,
  ForwardPublic = 1,
  Answer = 2,
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

export function configure(env: unknown): Settings {
  return JSON.parse(wasm.configure(env)) as Settings;
}

/** Carries a request in and the decision about it out. */
export function decide(request: string): Decision {
  return taken(wasm.decide(write(request), Date.now() / 1000));
}

/** The answer to a request that the origin left without one, or without one in time (`late`). */
export function originUnavailable(request: string, late: boolean): Decision {
  return taken(wasm.origin_unavailable(write(request), Date.now() / 1000, late));
}

/** Starts over with a new instance of the module, after a fault that left the old one in an unknown state. */
export function startOver(): void {
  wasm.__wbg_reset_state();
  memory = wasm.shared_memory();
  room = new Uint8Array(0);
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
  return { kind: packed & 3, text: decoder.decode(bytes.subarray(start, start + (packed >>> 2))) };
}
