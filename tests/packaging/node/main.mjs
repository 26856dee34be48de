// Nothing to await: in Node the module is at hand.
import { createVerifier, explainAsJson, inspectAsJson } from "edgewarden";
import { text } from "node:stream/consumers";

const { token, keys, now } = JSON.parse(await text(process.stdin));
console.log(
  JSON.stringify({
    inspected: inspectAsJson(token, { now }),
    explained: explainAsJson(token, { accessKeys: keys, now }),
    verdict: createVerifier({ keys }).verify(token, { now }),
  }),
);
