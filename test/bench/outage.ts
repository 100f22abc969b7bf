import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { guards } from "./guards.ts";
import { type Answered, closedLoop, steadyArrivals } from "./load.ts";
import { startUpstream } from "./sick-upstream.ts";
import { quantile, table } from "./table.ts";

const timeoutMs = 2000;
const resetMs = 3000;
const healthyMs = 2000;
const outageMs = 8000;
const recoveryMs = 6000;
const visitorsPerSecond = 200;
const users = 10;

/** One app through one outage: its row of the table. */
async function through(name: string): Promise<[string, ...string[]]> {
  const sick = await startUpstream(5);
  const well = await startUpstream(5);
  const script = fileURLToPath(new URL("outage-app.ts", import.meta.url));
  const args = [name, sick.origin, well.origin, String(timeoutMs), String(resetMs)];
  const app = fork(script, args, { env: { ...process.env, NODE_ENV: "production" } });
  const [address] = (await once(app, "message")) as [string];
  const mostMegabytes = async (): Promise<number> => {
    app.send("memory");
    const [bytes] = (await once(app, "message")) as [number];
    return bytes / 2 ** 20;
  };

  await closedLoop(`${address}/well`, users, performance.now() + 500); // warms up
  const start = performance.now();
  const breaksAt = start + healthyMs;
  const healsAt = breaksAt + outageMs;
  const end = healsAt + recoveryMs;
  let calls = 0;
  let calmMegabytes = 0;
  let outageMegabytes = 0;
  setTimeout(async () => {
    sick.hangs = true;
    calls = sick.calls;
    calmMegabytes = await mostMegabytes();
  }, healthyMs);
  setTimeout(async () => {
    sick.hangs = false;
    calls = sick.calls - calls;
    outageMegabytes = await mostMegabytes();
  }, healthyMs + outageMs);
  const [atSick, atWell] = await Promise.all([
    steadyArrivals(`${address}/sick`, visitorsPerSecond, end),
    closedLoop(`${address}/well`, users, end),
  ]);
  app.disconnect();
  sick.close();
  well.close();

  const during = ({ at }: Answered): boolean => at >= breaksAt && at < healsAt;
  const waited = sorted(atSick.filter(during));
  const served = sorted(atWell.filter(during));
  const lastBad = atSick.findLast(({ status, at }) => status !== 200 && at >= breaksAt)?.at ?? healsAt;
  return [
    name,
    `${Math.round(served.length / (outageMs / 1000))} /s`,
    `${quantile(served, 0.99).toFixed(0)} ms`,
    `${quantile(waited, 0.5).toFixed(0)} ms`,
    `${quantile(waited, 0.99).toFixed(0)} ms`,
    `${Math.round((waited.filter((ms) => ms > 100).length / waited.length) * 100)} %`,
    `${calls}`,
    `${sick.mostWaiting}`,
    `+${Math.max(0, outageMegabytes - calmMegabytes).toFixed(0)} MB`,
    `${(Math.max(0, lastBad - healsAt) / 1000).toFixed(1)} s`,
  ];
}

function sorted(answers: readonly Answered[]): number[] {
  return answers.map(({ ms }) => ms).toSorted((a, b) => a - b);
}

console.log(`An app with two upstreams. One of them hangs for ${outageMs / 1000} s while ${visitorsPerSecond} visitors a second ask for its page
and ${users} users ask for the other page as fast as they are answered. Timeout ${timeoutMs / 1000} s, reset timeout
${resetMs / 1000} s, three failures open. One run each: read the magnitudes.`);
const rows: Array<[string, ...string[]]> = [];
for (const name of Object.keys(guards)) {
  // oxlint-disable-next-line no-await-in-loop
  rows.push(await through(name));
}
const columns = [
  "other page",
  "its p99",
  "p50 there",
  "p99 there",
  "over 0.1 s",
  "calls sent",
  "most waiting",
];
table("while it hangs", rows, [...columns, "memory", "ends after"]);
