/** `inspect`: what a token says. */
import { members, timeOrNow, tokenText } from "./arguments.js";
import type { InspectOptions, Inspection } from "./contract.js";
import { loaded } from "./module.js";

/**
 * Decodes a token without verifying it: whatever it shows, anybody can have written. Never throws for what is wrong with the
 * token; that is in `faults` and `refused`.
 *
 * @throws `TypeError` or `RangeError` when the token is no string, or one of more than 4 MiB, or an option is wrong.
 */
export function inspect(token: string, options?: InspectOptions): Inspection {
  return JSON.parse(inspectAsJson(token, options)) as Inspection;
}

/** The same as text: the numbers in it are as the token has them, where `JSON.parse` would round a large one. */
export function inspectAsJson(token: string, options?: InspectOptions): string {
  const { now } = members<InspectOptions>("inspect's options", options, ["now"]);
  return loaded().inspect(tokenText(token), timeOrNow("now", now)) as string;
}
