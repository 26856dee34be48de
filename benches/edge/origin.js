// The origin of the benchmark: the least that an API can be. `/identity` tells what the gate told it.

const IDENTITY = ["x-auth-subject", "x-auth-key-id", "x-auth-scope", "x-auth-expires", "x-request-id"];

export default {
  fetch({ url, headers }) {
    if (url.endsWith("/identity")) return Response.json(Object.fromEntries(IDENTITY.map((name) => [name, headers.get(name)])));
    return new Response('{"ok":true}', { headers: { "content-type": "application/json" } });
  },
};
