// The bench-only entry around a contender's `verify`: tokens in by POST, then as many loops over them as asked for.

let tokens = [];

/** A Worker: `POST /` takes a JSON array of tokens, `GET /verify` verifies each once, `GET /nothing` only loops. */
export function verifyLoop(verify, prepare = (token) => token) {
  return {
    async fetch(request, env) {
      const { pathname } = new URL(request.url);
      if (request.method === "POST") {
        tokens = (await request.json()).map(prepare);
      } else {
        const each = pathname === "/verify" ? verify : nothing;
        for (const token of tokens) await each(token, env);
      }
      return new Response(String(tokens.length));
    },
  };
}

function nothing() {}
