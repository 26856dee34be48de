/**
 * `edgewarden`: what a token says, why it is refused, and whether it is genuine. Nothing leaves the machine.
 *
 * @packageDocumentation
 */
export { ConfigurationError } from "./core/configuration_error.js";
export { createVerifier } from "./core/verifier.js";
export { explain, explainAsJson } from "./core/explain.js";
export { inspect, inspectAsJson } from "./core/inspect.js";
export { init } from "./core/module.js";
export type * from "./core/contract.js";
