import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { guards } from "./guards.ts";
import type { Memory } from "./outage-app.ts";
import { type Answered, closedLoop, steadyArrivals } from "./load.ts";
import { startUpstream } from "./sick-upstream.ts";
import { quantile, table } from "./table.ts";

const timeoutMs = 1000;
const resetMs = 2000;
const healthyMs = 1000;
/** Until the timeouts tell, and then two turns of resting and trying in vain. */
const outageMs = timeoutMs + 2 * (resetMs + timeoutMs);
const visitorsPerSecond = 200;
const users = 10;
const rounds = Number(process.argv[2] ?? 3);

const measures = {
  "other page": (perSecond: number) => `${perSecond.toFixed(0)} /s`,
  "its p99": ms,
  "p50 there": ms,
  "p90 there": ms,
  "over 0.1 s": (share: number) => `${(share * 100).toFixed(0)} %`,
  "calls sent": String,
  "most waiting": String,
  "kept in heap": (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MB`,
  "most memory": (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MB`,
};

type Measured = Record<keyof typeof measures, number>;

/** One app through one outage. */
async function through(name: string): Promise<Measured> {
  const sick = await startUpstream(5);
  const well = await startUpstream(5);
  const script = fileURLToPath(new URL("outage-app.ts", import.meta.url));
  const app = fork(script, [name, sick.origin, well.origin, String(timeoutMs), String(resetMs)], {
    env: { ...process.env, NODE_ENV: "production" },
    execArgv: ["--expose-gc"],
  });
  const [address] = (await once(app, "message")) as [string];
  const memory = async (): Promise<Memory> => {
    app.send("memory");
    const [found] = (await once(app, "message")) as [Memory];
    return found;
  };
  await closedLoop(`${address}/well`, users, performance.now() + 500); // warms up

  const breaksAt = performance.now() + healthyMs;
  const end = breaksAt + outageMs;
  const load = Promise.all([
    steadyArrivals(`${address}/sick`, visitorsPerSecond, end),
    closedLoop(`${address}/well`, users, end),
  ]);
  await setTimeout(healthyMs);
  sick.hangs = true;
  const callsBefore = sick.calls;
  const calm = await memory();
  await setTimeout(end - performance.now());
  const sent = sick.calls - callsBefore;
  const after = await memory();
  const [atSick, atWell] = await load;
  app.disconnect();
  sick.close();
  well.close();

  const waited = since(breaksAt, atSick);
  const served = since(breaksAt, atWell);
  return {
    "other page": served.length / (outageMs / 1000),
    "its p99": quantile(served, 0.99),
    "p50 there": quantile(waited, 0.5),
    "p90 there": quantile(waited, 0.9),
    "over 0.1 s": waited.filter((each) => each > 100).length / waited.length,
    "calls sent": sent,
    "most waiting": sick.mostWaiting,
    "kept in heap": after.keptBytes - calm.keptBytes,
    "most memory": after.mostBytes,
  };
}

function since(moment: number, answers: readonly Answered[]): number[] {
  return answers
    .filter(({ at }) => at >= moment)
    .map((answer) => answer.ms)
    .toSorted((a, b) => a - b);
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}

console.log(`An app with two upstreams. One of them hangs for ${outageMs / 1000} s, while ${visitorsPerSecond} visitors a second come to its page
and ${users} users ask for the other page as fast as they are answered. Timeout ${timeoutMs / 1000} s, rest ${resetMs / 1000} s; three failures in a row
open, in opossum half of the calls of 10 s. Medians of ${rounds} rounds in which all take turns; machines are noisy.`);
const found = new Map(Object.keys(guards).map((name) => [name, [] as Measured[]]));
for (let round = 0; round < rounds; round++) {
  for (const [name, each] of found) {
    // oxlint-disable-next-line no-await-in-loop
    each.push(await through(name));
  }
}
const columns = Object.keys(measures) as Array<keyof Measured>;
table(
  "while it hangs",
  [...found].map(([name, each]) => {
    const median = (column: keyof Measured): number =>
      quantile(
        each.map((measured) => measured[column]).toSorted((a, b) => a - b),
        0.5,
      );
    return [name, ...columns.map((column) => measures[column](median(column)))] as const;
  }),
  columns,
);
