// The functions of a module in the order of their size. Those of one size are often of one kind, and gzip finds again what is near:
// it is a hundredth of what a page loads.

import { readFile, writeFile } from "node:fs/promises";

/** Writes the module anew, with no other features than these, which have the names of binaryen's JavaScript. */
export async function orderBySize(module, features) {
  const { default: binaryen } = await import("binaryen");
  const flags = features.reduce((all, name) => all | binaryen.Features[name], 0);
  const unordered = binaryen.readBinary(await readFile(module));
  unordered.setFeatures(flags);
  // The order of the text is the order of the binary. Every member of the module begins in the second column.
  const members = unordered.emitText().trimEnd().replace(/\)$/, "").trimEnd().split(/\n(?= \()/);
  const isFunction = (member) => member.startsWith(" (func ");
  const bySize = members.filter(isFunction).sort((a, b) => a.length - b.length);
  const text = members.map((member) => (isFunction(member) ? bySize.shift() : member)).join("\n");
  const ordered = binaryen.parseText(`${text}\n)`);
  ordered.setFeatures(flags);
  binaryen.setDebugInfo(false); // or the names that the text gave would be written
  await writeFile(module, ordered.emitBinary());
  unordered.dispose();
  ordered.dispose();
}
