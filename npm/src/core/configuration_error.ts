import type { ConfigurationFinding } from "./contract.js";

/** Keys, policy or context cannot be used. Says everything that is wrong at once, and never shows a secret. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly findings: readonly ConfigurationFinding[];

  constructor(findings: readonly ConfigurationFinding[]) {
    const errors = findings.filter(({ severity }) => severity === "error");
    super(`edgewarden: ${errors.map(({ detail, code }) => `${detail} (${code})`).join("; ")}`);
    this.findings = findings;
  }
}
