/** The glue of the wasm module, as `npm run build:npm` generates it; the functions are those of `src/browser/`. */
declare module "edgewarden-wasm" {
  export function inspect(token: string, now: number): string | undefined;

  /** A report as a JSON object, or findings about the context as a JSON array. */
  export function explain(token: string, context: string): string;

  export class Verifier {
    static read(keys: string, refreshKeys: string, policy: string): Verifier;
    findings(): string;
    verify(token: string, refresh: boolean, scope: string, now: number): string | undefined;
    free(): void;
  }

  /** Connects the glue with the exports of an instance. */
  export function __wbg_set_wasm(exports: WebAssembly.Exports): void;
}

/** One of `src/environment/`: which one, the build decides for each entry of the package. */
declare module "edgewarden-environment" {
  /** Where the module is that belongs to this JavaScript; or the module itself, where it is at hand without waiting. */
  export function ownModule(): URL | WebAssembly.Module;
  /** What is at an address. */
  export function fetchModule(address: string | URL): Promise<Response>;
}
