/** The glue of the wasm module, as `npm run build` generates it; the functions are those of `src/edge/mod.rs`. */
declare module "edgewarden-wasm" {
  export function configure(env: unknown): string;
  export function input(size: number): number;
  export function output(): number;
  export function decide(length: number, now: number): number;
  export function prepare_exchange(env: unknown, request: string, body: string): string;
  export function finish_exchange(env: unknown, request: string, plan: string, outcome: string): string;
  export function login_answer(length: number, status: number, body: string, now: number): number;
  export function explain_answer(env: unknown, length: number, body: string, now: number): number;
  export function origin_unavailable(length: number, now: number, late: boolean): number;
  export function shared_memory(): WebAssembly.Memory;
  /** Starts over with a new instance of the module. */
  export function __wbg_reset_state(): void;

  /** See `src/edge/refresh_gate.rs`; each event returns effects as JSON. */
  export class Exchange {
    static of(question: string): Exchange | undefined;
    happened(env: unknown, happening: number, now: number): string;
    loaded(env: unknown, kept: string | undefined, over: boolean, now: number): string;
    answered(
      env: unknown,
      status: number,
      retryAfter: string | undefined,
      body: string,
      now: number,
    ): string;
  }
}
