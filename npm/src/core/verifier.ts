/** `createVerifier`: keys and policy, read once and kept in the module's memory. */
import { jsonText, keySetText, kindOf, members, scopeText, timeOrNow, tokenText } from "./arguments.js";
import { ConfigurationError } from "./configuration_error.js";
import type { ConfigurationFinding, Verdict, Verifier, VerifierOptions, VerifyOptions } from "./contract.js";
import { loaded } from "./module.js";

/**
 * Reads keys and policy, and verifies tokens with them: the same judgement as the gate's.
 *
 * A secret that verifies can sign: keys belong on a server, never into a page that others load.
 *
 * @throws {@link ConfigurationError} with everything that is wrong with keys and policy; `TypeError` for a misspelt option.
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const { keys, refreshKeys, policy } = members<VerifierOptions>("the verifier's options", options, ["keys", "refreshKeys", "policy"]);
  const verifier = loaded().Verifier.read(
    keySetText("keys", keys),
    refreshKeys === undefined ? "" : keySetText("refreshKeys", refreshKeys),
    policy === undefined ? "{}" : jsonText("policy", policy),
  );
  const findings = JSON.parse(verifier.findings()) as ConfigurationFinding[];
  if (findings.some(({ severity }) => severity === "error")) {
    verifier.free();
    throw new ConfigurationError(findings);
  }
  return new LoadedVerifier(verifier, findings, refreshKeys !== undefined);
}

type Loaded = InstanceType<ReturnType<typeof loaded>["Verifier"]>;

class LoadedVerifier implements Verifier {
  #verifier: Loaded | undefined;
  readonly #refreshes: boolean;
  readonly warnings: readonly ConfigurationFinding[];

  constructor(verifier: Loaded, warnings: readonly ConfigurationFinding[], refreshes: boolean) {
    this.#verifier = verifier;
    this.#refreshes = refreshes;
    this.warnings = warnings;
  }

  verify(token: string, options?: VerifyOptions): Verdict {
    const { now, kind, scope } = members<VerifyOptions>("verify's options", options, ["now", "kind", "scope"]);
    if (!this.#verifier) throw new Error("edgewarden: this verifier has been freed");
    const refresh = kindOf(kind) === "refresh";
    if (refresh && !this.#refreshes) throw new TypeError("edgewarden: this verifier was made without refreshKeys");
    const verdict = this.#verifier.verify(tokenText(token), refresh, scopeText(scope), timeOrNow("now", now));
    return JSON.parse(verdict as string) as Verdict;
  }

  free(): void {
    this.#verifier?.free();
    this.#verifier = undefined;
  }
}
