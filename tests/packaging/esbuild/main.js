// esbuild leaves `new URL(…, import.meta.url)` alone: the module is imported as a file instead.
import { createVerifier, explainAsJson, init, inspectAsJson } from "edgewarden";
import module from "edgewarden/edgewarden.wasm";

await init(new URL(module, import.meta.url));

globalThis.answer = ({ token, keys, now }) => ({
  inspected: inspectAsJson(token, { now }),
  explained: explainAsJson(token, { accessKeys: keys, now }),
  verdict: createVerifier({ keys }).verify(token, { now }),
});
