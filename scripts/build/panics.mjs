// What a panic says, taken out of a module that nobody listens to: in a page there is no standard error, and formatting the
// message would be a tenth of what the page loads. A panic remains a trap.

import { readFile, writeFile } from "node:fs/promises";

/** The ends of the way of every panic, by their names in the standard library and in those that have their own. */
const ENDS = [
  /\bpanicking::/,
  /\bslice_error_fail\b/,
  /\bslice::index::\w*fail\b/,
  /\b(result|option)::(unwrap|expect)_failed$/,
  /\bcopy_from_slice_impl::len_mismatch_fail\b/,
  /\bhandle_alloc_error$/,
  /\braw_vec::(handle_error|capacity_overflow)$/,
  /\b(begin_panic|from_iter_length_fail|panic_already_\w*borrowed)\b/,
];

/**
 * Makes each of them trap at once. The module must have its names still, and is written with no other features than these,
 * which have the names of binaryen's JavaScript. Returns how many there were.
 */
export async function mutePanics(module, features) {
  const { default: binaryen } = await import("binaryen");
  binaryen.setDebugInfo(true); // keeps the names
  const wasm = binaryen.readBinary(await readFile(module));
  wasm.setFeatures(features.reduce((all, name) => all | binaryen.Features[name], 0));
  let muted = 0;
  for (let index = 0; index < wasm.getNumFunctions(); index++) {
    const reference = wasm.getFunctionByIndex(index);
    const { name, base } = binaryen.getFunctionInfo(reference);
    if (base || !ENDS.some((end) => end.test(plain(name)))) continue;
    binaryen.Function(reference).body = wasm.unreachable();
    muted += 1;
  }
  await writeFile(module, wasm.emitBinary());
  wasm.dispose();
  return muted;
}

/** `core[c5930c85a12de822]::option::unwrap_failed` and `core::option::unwrap_failed::h0123…` alike, without what sets them apart. */
function plain(name) {
  return name.replace(/\[[0-9a-f]{16}\]/g, "").replace(/::h[0-9a-f]{16}$/, "");
}
