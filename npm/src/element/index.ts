/** `edgewarden/element`: importing it defines `<token-inspector>`. */
import { TokenInspector } from "./token_inspector.js";

export { TokenInspector };
export type { Context, Report, ReportEvent } from "./contract.js";

declare global {
  interface HTMLElementTagNameMap {
    "token-inspector": TokenInspector;
  }
}

const registry = globalThis.customElements as CustomElementRegistry | undefined;
if (registry && !registry.get("token-inspector")) registry.define("token-inspector", TokenInspector);
