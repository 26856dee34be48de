/** Texts from standard input and from files. */
import { readFile } from "node:fs/promises";
import process from "node:process";

import { UsageError } from "./usage_error.js";

/** No token comes near it. */
const MOST_BYTES = 4 * 1024 * 1024;

/** The token on standard input, without the end of its line. */
export async function tokenFromInput(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write("reading a token from standard input (end with Ctrl-D)\n");
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MOST_BYTES) throw new UsageError(`a token is expected on standard input, and not more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8").replace(/\r?\n$/, "");
}

/** The JSON text of a file. `what` it is expected to be stands in messages; what is in it never does. */
export async function jsonFile(path: string, what: string): Promise<string> {
  if (/^\s*\{/.test(path)) throw new UsageError(`a file with ${what} is expected, not the text itself`);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`cannot read ${path}, expected to be ${what}: ${error.code ?? "unreadable"}`);
  });
  try {
    JSON.parse(text);
    return text;
  } catch {
    throw new UsageError(`${path} is expected to be ${what}, and is not JSON`);
  }
}
