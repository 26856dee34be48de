// Nothing to await: the module is part of the Worker.
import { createVerifier, explainAsJson, inspectAsJson } from "edgewarden";

export default {
  async fetch(request) {
    const { token, keys, now } = await request.json();
    return Response.json({
      inspected: inspectAsJson(token, { now }),
      explained: explainAsJson(token, { accessKeys: keys, now }),
      verdict: createVerifier({ keys }).verify(token, { now }),
    });
  },
};
