/** Browsers, bundlers that build for them, and whatever else is neither Node nor workerd: the module comes over the network. */

export function ownModule(): URL {
  // In this spelling bundlers know it for a file of the package, and put it among theirs.
  return new URL("./edgewarden.wasm", import.meta.url);
}

export function fetchModule(address: string | URL): Promise<Response> {
  return fetch(address);
}
