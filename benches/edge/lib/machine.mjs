// What it was measured on.

import { execFileSync } from "node:child_process";
import os from "node:os";

import { COMPATIBILITY_DATE, workerdPath } from "./workerd.mjs";

export function machine() {
  return {
    cpu: os.cpus()[0]?.model.trim() ?? "unknown",
    cores: os.cpus().length,
    memory: `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    kernel: `${os.type()} ${os.release()} ${os.arch()}`,
    load: os.loadavg()[0],
    node: process.versions.node,
    workerd: execFileSync(workerdPath(), ["--version"], { encoding: "utf8" }).replace("workerd", "").trim(),
    compatibilityDate: COMPATIBILITY_DATE,
  };
}

export function describe({ cpu, cores, memory, kernel, load, node, workerd, compatibilityDate }) {
  return [
    `${cpu}, ${cores} cores, ${memory}, ${kernel}, load ${load.toFixed(1)} at the start`,
    `node ${node}, workerd ${workerd}, compatibility date ${compatibilityDate}`,
  ].join("\n");
}
