// CPU time of one process, from the kernel's own books.

import { readFileSync, readdirSync } from "node:fs";

/**
 * Nanoseconds on a CPU so far, all threads of `pid` together: the JavaScript thread as well as V8's compiler
 * and garbage collector threads. schedstat counts in nanoseconds; /proc/PID/stat only in ticks of 10 ms.
 * workerd keeps its threads for life, so that none leaves the sum between two readings.
 */
export function cpuNanoseconds(pid) {
  let sum = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    sum += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ", 1)[0]);
  }
  return sum;
}
