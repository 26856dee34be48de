// Reading and changing a `.dev.vars` file: what a person wrote into it by hand stays as it is.

import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

const VALUE = /'[^']*'|"(?:[^"\\]|\\.)*"|[^\r\n]*/.source;

/** The value of one variable, without its quotes, or undefined. */
export function readVar(file, name) {
  if (!existsSync(file)) return undefined;
  const value = readFileSync(file, "utf8").match(line(name))?.[1].trim();
  return /^(['"]).*\1$/s.test(value ?? "") ? value.slice(1, -1) : value;
}

/** Sets variables and leaves every other line alone. Only the owner may read the file. */
export function writeVars(file, values, { heading = "" } = {}) {
  let text = existsSync(file) ? readFileSync(file, "utf8") : heading;
  for (const [name, value] of Object.entries(values)) {
    const entry = `${name}='${value}'`;
    if (line(name).test(text)) text = text.replace(line(name), () => entry);
    else text = `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${entry}\n`;
  }
  // Written beside and renamed, so that a reader never sees half of a ring.
  const draft = `${file}.new`;
  writeFileSync(draft, text, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, file);
}

function line(name) {
  return new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=[ \\t]*(${VALUE})`, "m");
}
