// What a panic says, taken out of a module that nobody listens to: in a page there is no standard error, and messages, places
// in the source and the code that formats them would be a tenth of what the page loads. A panic remains a trap.

import { readFile, writeFile } from "node:fs/promises";

/** Where the way of every panic ends, by names of the standard library, and what is there for their messages only. */
const ENDS = [
  /\bpanicking::/,
  /\bslice_error_fail\b/,
  /\bslice::index::\w*fail\b/,
  /\b(result|option)::(unwrap|expect)_failed$/,
  /\blen_mismatch_fail\b/,
  /\bhandle_alloc_error$/,
  /\braw_vec::(handle_error|capacity_overflow)$/,
  /\b(begin_panic|from_iter_length_fail|panic_already_\w*borrowed)\b/,
  // `{:?}`, which nothing that is shown to anybody is written with: check_house.mjs sees to that.
  / as core::fmt::Debug>::fmt$/,
  /\bfmt::builders::/,
  /\bchar as core::fmt::Debug\b/,
];

/** The rest of the standard library's formatting, which its own messages hold on to where nothing else is formatted. */
const FORMATTING = /\b(core|alloc)::fmt::/;

/**
 * Makes each of them trap at once, and wipes the places in the source that they would have named. With `formatting`, all that
 * formats goes, too; it throws where the crate does use it. The module must have its names still; it is written with no other
 * features than these, which have the names of binaryen's JavaScript.
 */
export async function mutePanics(module, features, { formatting = false } = {}) {
  const { default: binaryen } = await import("binaryen");
  binaryen.setDebugInfo(true); // keeps the names
  const wasm = binaryen.readBinary(await readFile(module));
  wasm.setFeatures(features.reduce((all, name) => all | binaryen.Features[name], 0));
  const mutes = formatting ? [...ENDS, FORMATTING] : ENDS;
  for (let index = 0; index < wasm.getNumFunctions(); index++) {
    const reference = wasm.getFunctionByIndex(index);
    const { name, base } = binaryen.getFunctionInfo(reference);
    if (base || !mutes.some((end) => end.test(plain(name)))) continue;
    binaryen.Function(reference).body = wasm.unreachable();
  }
  if (formatting) refuseFormatting(wasm.emitText());
  const binary = wasm.emitBinary();
  wasm.dispose();
  for (const segment of dataSegments(binary)) wipePlaces(segment);
  await writeFile(module, binary);
}

/**
 * Formatting that is called other than by a panic would trap, too. What is only in the table of functions is called through a
 * `dyn Write` or a `dyn Display`, which only formatting has.
 */
function refuseFormatting(text) {
  const calls = new Map();
  const roots = [];
  let callees;
  for (const line of text.split("\n")) {
    const [, defined] = line.match(/^ \(func \$("[^"]*"|\S+)/) ?? [];
    // Several may have the same name but for its hash: they count as one.
    if (defined) calls.set(plain(defined), (callees = calls.get(plain(defined)) ?? new Set()));
    const [, called] = line.match(/\((?:return_)?call \$("[^"]*"|[^\s)]+)/) ?? [];
    if (called) callees.add(plain(called));
    if (/^ \((elem|export) /.test(line)) {
      roots.push(...Array.from(line.matchAll(/\$("[^"]*"|[^\s)]+)/g), ([, name]) => plain(name)));
    }
  }
  const seen = new Set(roots.filter((name) => !FORMATTING.test(name)));
  for (const name of seen) {
    for (const callee of calls.get(name) ?? []) {
      if (FORMATTING.test(callee)) throw new Error(`${name} formats a text, and this module has no code for it: see src/jwt/words.rs`);
      seen.add(callee);
    }
  }
}

/** `core[c5930c85a12de822]::option::unwrap_failed` and `core::option::unwrap_failed::h0123…` alike. */
function plain(name) {
  return name.replace(/\[[0-9a-f]{16}\]/g, "").replace(/::h[0-9a-f]{16}$/, "");
}

/** The active data segments of a module: where each begins in the memory, and its bytes, in place. */
function dataSegments(binary) {
  const reader = new Reader(binary, 8);
  const segments = [];
  while (!reader.atEnd()) {
    const id = reader.byte();
    const end = reader.leb() + reader.position;
    if (id === 11) {
      for (let count = reader.leb(); count > 0; count--) {
        // An active segment of the one memory, at a constant: `0`, `i32.const`, …, `end`.
        if (reader.byte() !== 0 || reader.byte() !== 0x41) throw new Error("a data segment of a kind that is not known");
        const begin = reader.leb();
        reader.byte();
        const length = reader.leb();
        segments.push({ begin, bytes: binary.subarray(reader.position, reader.position + length) });
        reader.position += length;
      }
    }
    reader.position = end;
  }
  return segments;
}

class Reader {
  constructor(bytes, position) {
    this.bytes = bytes;
    this.position = position;
  }

  atEnd() {
    return this.position >= this.bytes.length;
  }

  byte() {
    return this.bytes[this.position++];
  }

  leb() {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }
}

/** A `core::panic::Location`: pointer and length of the file's name (which may end in a zero byte), line, column. */
function wipePlaces({ begin, bytes }) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const files = [];
  for (let at = (4 - (begin % 4)) % 4; at + 16 <= bytes.length; at += 4) {
    const [file, length, line, column] = [0, 4, 8, 12].map((offset) => view.getUint32(at + offset, true));
    const start = file - begin;
    if (start < 0 || length < 4 || length > 256 || start + length > bytes.length || line > 1e6 || column > 1e4) continue;
    const name = bytes.subarray(start, start + length);
    if (!/^[\x21-\x7e]+\.rs\0?$/.test(String.fromCharCode(...name))) continue;
    bytes.fill(0, at, at + 16);
    files.push(name);
    at += 12;
  }
  for (const name of files) name.fill(0);
}
