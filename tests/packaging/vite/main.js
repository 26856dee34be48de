import { createVerifier, explainAsJson, init, inspectAsJson } from "edgewarden";

await init();

globalThis.answer = ({ token, keys, now }) => ({
  inspected: inspectAsJson(token, { now }),
  explained: explainAsJson(token, { accessKeys: keys, now }),
  verdict: createVerifier({ keys }).verify(token, { now }),
});
