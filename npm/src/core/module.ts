/** The wasm module: loaded once, whoever asks. */
import { fetchModule, ownModule } from "edgewarden-environment";
import * as glue from "edgewarden-wasm";

import type { InitSource } from "./contract.js";

let ready = false;
let loading: Promise<void> | undefined;

/**
 * Loads the wasm module. To be awaited once before anything else in browsers; in Node and workerd it may be left out. Calling
 * it again costs nothing; after a failure it tries again.
 *
 * @param source Where the module is: a URL, a `Response` (or a promise of one), its bytes, or a compiled `WebAssembly.Module`.
 * Default: the file `edgewarden.wasm` beside this one, which bundlers find and bring along.
 * @throws Rejects with a `TypeError` for anything else, with an `Error` when what is there is not this version's module.
 */
export function init(source?: InitSource | PromiseLike<InitSource>): Promise<void> {
  if (ready) return Promise.resolve();
  loading ??= load(source).finally(() => {
    loading = undefined;
  });
  return loading;
}

/**
 * The functions of the module. Throws when it is not loaded and could not be loaded without waiting.
 *
 * @internal
 */
export function loaded(): typeof glue {
  if (!ready) {
    const own = ownModule();
    if (!isModule(own)) {
      throw new Error("edgewarden: the wasm module is not loaded yet; call `await init()` once, before anything else");
    }
    connect(() => new WebAssembly.Instance(own, imports));
  }
  return glue;
}

const imports = { "./edgewarden_bg.js": glue as unknown as WebAssembly.ModuleImports };

async function load(source?: InitSource | PromiseLike<InitSource>): Promise<void> {
  const module = await compiled((await source) ?? ownModule());
  const instance = await WebAssembly.instantiate(module, imports).catch(misfit);
  connect(() => instance);
}

async function compiled(source: unknown): Promise<WebAssembly.Module> {
  if (typeof source === "string" || is<URL>("URL", source)) return compiled(await fetchModule(source));
  if (is<Response>("Response", source)) {
    const place = source.url || "the response given to init()";
    if (!source.ok) throw new Error(`edgewarden: ${place} answered ${source.status} instead of the wasm module`);
    return compiledBytes(await source.arrayBuffer(), `${place} (${source.headers.get("content-type") ?? "no type"})`);
  }
  if (ArrayBuffer.isView(source) || is<ArrayBuffer>("ArrayBuffer", source)) {
    return compiledBytes(source, "what the bytes given to init() hold");
  }
  // The last, because its type has no members: to TypeScript, everything is one.
  if (isModule(source)) return source;
  throw new TypeError("edgewarden: init() takes a URL, a Response, bytes or a WebAssembly.Module");
}

function isModule(value: unknown): value is WebAssembly.Module {
  return is<WebAssembly.Module>("WebAssembly.Module", value);
}

/** By its tag: a test runner or a frame may have classes of its own. */
function is<T>(tag: string, value: unknown): value is T {
  return Object.prototype.toString.call(value) === `[object ${tag}]`;
}

const MAGIC = [0, 0x61, 0x73, 0x6d];

/** A server that answers every unknown path with its start page is the usual reason for something else to be there. */
function compiledBytes(source: ArrayBuffer | ArrayBufferView, place: string): Promise<WebAssembly.Module> {
  const { buffer, byteOffset } = ArrayBuffer.isView(source) ? source : { buffer: source, byteOffset: 0 };
  const bytes = new Uint8Array(buffer as ArrayBuffer, byteOffset, source.byteLength);
  if (MAGIC.every((byte, index) => bytes[index] === byte)) return WebAssembly.compile(bytes);
  throw new Error(`edgewarden: ${place} is not a wasm module; give init() the URL of edgewarden.wasm, which is in the package`);
}

/** What throws here has left nothing behind. */
function connect(instantiate: () => WebAssembly.Instance): void {
  if (ready) return;
  let instance;
  try {
    instance = instantiate();
    glue.__wbg_set_wasm(instance.exports);
    (instance.exports as { __wbindgen_start(): void }).__wbindgen_start();
  } catch (cause) {
    misfit(cause);
  }
  ready = true;
}

function misfit(cause: unknown): never {
  const advice = "its JavaScript and its edgewarden.wasm must come from the same version of the package";
  throw new Error(`edgewarden: the wasm module cannot be started; ${advice}`, { cause });
}
