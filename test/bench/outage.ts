import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startRedis } from "../upstash-server/start-redis.ts";
import { fleetGuards, guards } from "./guards.ts";
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
const processes = Number(process.argv[3] ?? 1);

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

interface App {
  readonly address: string;
  memory(): Promise<Memory>;
  end(): void;
}

async function startApp(args: readonly string[]): Promise<App> {
  const app = fork(fileURLToPath(new URL("outage-app.ts", import.meta.url)), args, {
    env: { ...process.env, NODE_ENV: "production" },
    execArgv: ["--expose-gc"],
  });
  const [address] = (await once(app, "message")) as [string];
  return {
    address,
    async memory() {
      app.send("memory");
      const [found] = (await once(app, "message")) as [Memory];
      return found;
    },
    end: () => app.disconnect(),
  };
}

/** One app, or several behind a balancer, through one outage. */
async function through(name: string): Promise<Measured> {
  const sick = await startUpstream(5);
  const well = await startUpstream(5);
  const redis = name in fleetGuards ? await startRedis() : undefined;
  const settings = [timeoutMs, resetMs, redis?.port ?? 0].map(String);
  const apps = await Promise.all(
    Array.from({ length: processes }, () => startApp([name, sick.origin, well.origin, ...settings])),
  );
  const atWellOfAll = (until: number): Promise<Answered[][]> =>
    Promise.all(
      apps.map(({ address }) => closedLoop(`${address}/well`, Math.ceil(users / processes), until)),
    );
  await atWellOfAll(performance.now() + 500); // warms up

  const breaksAt = performance.now() + healthyMs;
  const end = breaksAt + outageMs;
  const sickPages = apps.map(({ address }) => `${address}/sick`);
  const load = Promise.all([steadyArrivals(sickPages, visitorsPerSecond, end), atWellOfAll(end)]);
  await setTimeout(healthyMs);
  sick.hangs = true;
  const callsBefore = sick.calls;
  const calm = await Promise.all(apps.map((app) => app.memory()));
  await setTimeout(end - performance.now());
  const sent = sick.calls - callsBefore;
  const after = await Promise.all(apps.map((app) => app.memory()));
  const [atSick, atWell] = await load;
  for (const app of apps) app.end();
  await redis?.stop();
  sick.close();
  well.close();

  const waited = since(breaksAt, atSick);
  const served = since(breaksAt, atWell.flat());
  return {
    "other page": served.length / (outageMs / 1000),
    "its p99": quantile(served, 0.99),
    "p50 there": quantile(waited, 0.5),
    "p90 there": quantile(waited, 0.9),
    "over 0.1 s": waited.filter((each) => each > 100).length / waited.length,
    "calls sent": sent,
    "most waiting": sick.mostWaiting,
    "kept in heap": Math.max(...after.map(({ keptBytes }, index) => keptBytes - calm[index]!.keptBytes)),
    "most memory": Math.max(...after.map(({ mostBytes }) => mostBytes)),
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

console.log(`${processes === 1 ? "An app" : `${processes} processes of an app`} with two upstreams. One of them hangs for ${outageMs / 1000} s, while ${visitorsPerSecond} visitors a second come to its page
and ${users} users ask for the other page as fast as they are answered. Timeout ${timeoutMs / 1000} s, rest ${resetMs / 1000} s; three failures in a row
open, in opossum half of the calls of 10 s. Medians of ${rounds} rounds in which all take turns; machines are noisy.`);
const names = Object.keys(processes === 1 ? guards : { ...guards, ...fleetGuards });
const found = new Map(names.map((name) => [name, [] as Measured[]]));
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
