// The side-by-side benchmark; see README.md.

import { writeFile } from "node:fs/promises";

import { contenders, uploadSize } from "./lib/contenders.mjs";
import { describe, machine } from "./lib/machine.mjs";
import { coldStart, latency, requests, verification } from "./lib/measure.mjs";
import { budgetLines, budgets, table } from "./lib/report.mjs";
import { assertSameJob } from "./lib/same_job.mjs";
import { setUpStage } from "./lib/stage.mjs";
import { newIssuer } from "./lib/tokens.mjs";
import { stopAll } from "./lib/workerd.mjs";

const CONNECTIONS = 8;

const PLANS = {
  full: {
    verification: { rounds: 9, count: 20_000 },
    requests: { rounds: 150, count: 200, warmUp: 6_000, connections: CONNECTIONS },
    latency: { rounds: 5, count: 3_000, rate: 1_000, connections: CONNECTIONS },
    coldStart: { rounds: 15 },
  },
  quick: {
    verification: { rounds: 3, count: 20_000 },
    requests: { rounds: 30, count: 200, warmUp: 3_000, connections: CONNECTIONS },
    latency: { rounds: 1, count: 2_000, rate: 1_000, connections: CONNECTIONS },
    coldStart: { rounds: 5 },
  },
};

/** Runs everything and prints it. Returns whether every budget was met. `json` is a file for the results of every round. */
export async function runBench({ quick = false, json } = {}) {
  const plan = quick ? PLANS.quick : PLANS.full;
  const where = machine();
  console.log(`${describe(where)}\n`);

  const { all, complaint } = await contenders();
  if (complaint) console.log(`edgewarden does not take part: ${complaint}\n`);

  const progress = (text) => console.log(`  ${text}`);
  try {
    const issuer = newIssuer();
    const actors = await setUpStage(all, issuer);
    progress("checking that all do the same job");
    for (const { name, ports, complaints } of actors) {
      if (name === "nothing" || !ports.gate) continue;
      await assertSameJob(name, ports.gate, issuer).catch((error) => {
        throw new Error(`${error.message}\n${complaints()}`);
      });
    }
    const results = {
      sizes: Object.fromEntries(all.filter(({ gate }) => gate).map(({ name, gate }) => [name, uploadSize(gate)])),
      verification: await verification(actors, issuer, plan.verification, progress),
      requests: await requests(actors, "gate", issuer, plan.requests, progress),
      quietRequests: await requests(actors, "quiet-gate", issuer, plan.requests, progress),
      latency: await latency(actors, issuer, plan.latency, progress),
      coldStart: await coldStart(actors, issuer, plan.coldStart, progress),
    };

    console.log(`\n${table(results)}\n`);
    console.log(budgetLines(results, complaint).join("\n"));
    const held = budgets(results);
    if (json) await writeFile(json, `${JSON.stringify({ machine: where, plan, results, budgets: held }, null, 1)}\n`);
    return held.every(({ holds }) => holds);
  } finally {
    stopAll();
  }
}
