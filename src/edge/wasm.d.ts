/** The glue of the wasm module, as `npm run build` generates it; the functions are those of `src/edge/mod.rs`. */
declare module "edgewarden-wasm" {
  export function configure(env: unknown): string;
  export function input(size: number): number;
  export function output(): number;
  export function decide(length: number, now: number): number;
  export function origin_unavailable(length: number, now: number, late: boolean): number;
  export function shared_memory(): WebAssembly.Memory;
  /** Starts over with a new instance of the module. */
  export function __wbg_reset_state(): void;
}
