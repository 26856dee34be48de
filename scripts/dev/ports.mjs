import net from "node:net";

import { SetupError } from "../setup/setup_error.mjs";

export const DEFAULT_PORT = 8787;
export const DEFAULT_ORIGIN_PORT = 8788;
export const DEFAULT_PAGE_PORT = 8789;

/** The port that an environment variable names. */
export function portFrom(variable, otherwise) {
  const text = process.env[variable];
  if (!text) return otherwise;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new SetupError(`${variable} is set to ${text}, which is not a port.`, `${variable}=<1 to 65535>`);
}

/** Fails when something else listens on the port already. */
export async function expectFree(port, variable) {
  const code = await new Promise((resolve) => {
    const probe = net.createServer();
    probe.once("error", (error) => resolve(error.code));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(undefined)));
  });
  if (code === undefined) return;
  const problem = code === "EADDRINUSE" ? `Port ${port} is taken.` : `Port ${port} cannot be used (${code}).`;
  throw new SetupError(problem, `stop what listens there, or choose another: ${variable}=<port> npm start`);
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
