// The measurements. Each goes round the contenders again and again, in alternating order, so that what else happens on the
// machine falls on all of them alike; results are compared within a round, and medians taken over the rounds.

import http from "node:http";

import { cpuNanoseconds } from "./cpu.mjs";
import { closeConnections, openConnections, sendAll, sendOne } from "./load.mjs";
import { apiRequest } from "./requests.mjs";
import { quantile, summary } from "./statistics.mjs";
import { freshTokens } from "./tokens.mjs";
import { serve } from "./workerd.mjs";

/** CPU microseconds for one verification, without the loop around it. */
export async function verification(actors, issuer, { rounds, count }, progress) {
  const taking = actors.filter(({ ports }) => ports.verify);
  const call = async (actor, method, path, body = "") => {
    const status = await statusOf({ port: actor.ports.verify, method, path }, body);
    if (status !== 200) throw new Error(`${actor.name}: ${method} ${path} gets ${status}\n${actor.complaints()}`);
  };
  const spent = async (actor, path) => {
    const before = cpuNanoseconds(actor.pid);
    await call(actor, "GET", path);
    return (cpuNanoseconds(actor.pid) - before) / count / 1000;
  };

  return inRounds("verification", taking, rounds, progress, () => JSON.stringify(freshTokens(issuer, count)), {
    async warmUp(actor, tokens) {
      await call(actor, "POST", "/", tokens);
      for (const path of ["/nothing", "/verify", "/verify"]) await call(actor, "GET", path);
    },
    async measure(actor, tokens) {
      await call(actor, "POST", "/", tokens);
      // The garbage of parsing is not the verification's.
      await call(actor, "GET", "/nothing");
      const loop = await spent(actor, "/nothing");
      return (await spent(actor, "/verify")) - loop;
    },
  });
}

/** So many requests wake a contender before its turn in a round counts. */
const WARM = 40;

/** CPU microseconds for one request through the gate listening as `socket`. */
export async function requests(actors, socket, issuer, { rounds, count, warmUp, connections }, progress) {
  const taking = actors.filter(({ ports }) => ports[socket]);
  const what = socket === "gate" ? "requests" : "requests, log off";
  const round = () => {
    const all = freshTokens(issuer, count + WARM).map((token, index) => apiRequest(token, `/v1/events?page=${index}`));
    return { first: all.slice(0, WARM), counted: all.slice(WARM) };
  };
    const through = async (actor, { first, counted }) => {
    const sockets = await openConnections(actor.ports[socket], connections);
    await sendAll(sockets, first, { expect: ok });
    const before = cpuNanoseconds(actor.pid);
    await sendAll(sockets, counted, { expect: ok });
    const spent = cpuNanoseconds(actor.pid) - before;
    closeConnections(sockets);
    return spent / counted.length / 1000;
  };

  return inRounds(what, taking, rounds, progress, round, {
    async warmUp(actor, batch) {
      for (let done = 0; done < warmUp; done += count) await through(actor, batch);
    },
    measure: through,
  });
}

/** p50 and p99 in microseconds at `rate` requests per second. */
export async function latency(actors, issuer, { rounds, count, rate, connections }, progress) {
  const taking = actors.filter(({ ports }) => ports.gate);
  const perRound = await inRounds(
    `latency at ${rate} requests per second`, taking, rounds, progress,
    () => freshTokens(issuer, count).map((token) => apiRequest(token)),
    {
      async measure(actor, texts) {
        const sockets = await openConnections(actor.ports.gate, connections);
        await sendAll(sockets, texts.slice(0, 100), { expect: ok });
        const latencies = await sendAll(sockets, texts, { expect: ok, rate });
        closeConnections(sockets);
        return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
      },
    },
  );
  return mapValues(perRound, (rounds) => ({
    p50: rounds.map(({ p50 }) => p50),
    p99: rounds.map(({ p99 }) => p99),
  }));
}

/** Milliseconds from starting the process to its first answer from behind the gate. */
export async function coldStart(actors, issuer, { rounds }, progress) {
  const taking = actors.filter(({ alone }) => alone);
  return inRounds("cold start", taking, rounds, progress, () => apiRequest(issuer.sign()), {
    async measure(actor, request) {
      const started = performance.now();
      const { ports, stop } = await serve(actor.alone);
      ok(await sendOne(ports.gate, request));
      const milliseconds = performance.now() - started;
      await stop();
      return milliseconds;
    },
  });
}

/** `{ contender: [value of each round] }`. Every round has its own material, the same for all. */
async function inRounds(what, actors, rounds, progress, material, { warmUp, measure }) {
  const values = Object.fromEntries(actors.map(({ name }) => [name, []]));
  if (warmUp) {
    progress(`${what}: warming up`);
    const first = material();
    for (const actor of actors) await warmUp(actor, first);
  }
  for (let round = 0; round < rounds; round += 1) {
    if (round % Math.ceil(rounds / 5) === 0) progress(`${what}: round ${round + 1} of ${rounds}`);
    const stuff = material();
    const order = round % 2 ? [...actors].reverse() : actors;
    for (const actor of order) values[actor.name].push(await measure(actor, stuff));
  }
  return values;
}

/** One exchange over a connection of its own: workerd hangs up on idle ones, and a pool learns of that too late. */
function statusOf(options, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: "127.0.0.1", agent: false, ...options }, (response) => {
      response.resume().once("end", () => resolve(response.statusCode));
    });
    request.once("error", reject).end(body);
  });
}

function ok({ status, body }) {
  if (status !== 200) throw new Error(`answered with ${status}: ${body.slice(0, 300)}`);
}

export function mapValues(object, map) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]));
}
