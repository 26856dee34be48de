/** workerd: code may not be compiled at run time, so the module is imported. */
import module from "./edgewarden.wasm";

export function ownModule(): WebAssembly.Module {
  return module;
}

export function fetchModule(): Promise<Response> {
  const advice = "call init() without an argument, or with a module that the Worker imports";
  return Promise.reject(new TypeError(`edgewarden: workerd compiles no code that is fetched; ${advice}`));
}
