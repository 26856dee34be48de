// How a script that keeps Workers running comes to its end.

import { SetupError } from "../setup/setup_error.mjs";

export const STOP = Symbol("asked to stop");

/** npm does not pass on every signal to what it runs. Its own end is then taken for one. */
export function endWithNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, 500);
  timer.unref();
}

/** Resolves at the first signal to stop; at the second one, everything ends at once. */
export function askedToStop() {
  return new Promise((resolve) => {
    let seen = false;
    const handle = () => {
      if (seen) process.exit(130);
      seen = true;
      resolve(STOP);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, handle);
  });
}

/** Rejects when the Worker ends by itself. */
export async function death(worker) {
  const how = await worker.ended;
  throw new SetupError(`The ${worker.name} stopped (${how}). Its log ends:\n${worker.logTail()}`);
}
