/** `explain`: why a token is what it is, who has to act, and what to do next. */
import { contextText, tokenText } from "./arguments.js";
import { ConfigurationError } from "./configuration_error.js";
import type { ConfigurationFinding, Context, Report } from "./contract.js";
import { loaded } from "./module.js";

/**
 * Explains a token: everything that was noticed, and one cause. Works without any context, and then says what it could not
 * check; nothing in the context makes a token pass. Never throws for what is wrong with the token or with a key set: the report
 * tells.
 *
 * @throws `TypeError` or `RangeError` when the token is no string, or one of more than 4 MiB, or a member of the context is not
 * known or has the wrong type; {@link ConfigurationError} when the policy is malformed.
 */
export function explain(token: string, context?: Context): Report {
  return JSON.parse(explainAsJson(token, context)) as Report;
}

/** The same as text, to the byte what `edgewarden explain --format json` writes. Numbers are as the token has them. */
export function explainAsJson(token: string, context?: Context): string {
  const answer = loaded().explain(tokenText(token), contextText(context));
  // A report is an object; an array are findings about the context.
  if (answer.startsWith("[")) throw new ConfigurationError(JSON.parse(answer) as ConfigurationFinding[]);
  return answer;
}
