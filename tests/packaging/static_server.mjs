// Serves a folder, as a host of static files does.

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };

/** Returns its address. Closed at the end of the test `t`. `headers` go with every answer. */
export async function serve(t, folder, headers = {}) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const file = join(folder, normalize(pathname === "/" ? "/index.html" : decodeURIComponent(pathname)));
    const content = await readFile(file).catch(() => undefined);
    response.writeHead(content ? 200 : 404, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream", ...headers });
    response.end(content ?? "not found");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close(() => {}));
  return `http://127.0.0.1:${server.address().port}/`;
}
