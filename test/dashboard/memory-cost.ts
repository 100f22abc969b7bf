/**
 * What remembering costs a call, in CPU time of the process.
 *
 *     npm run build && NODE_ENV=production node test/dashboard/memory-cost.ts
 */
import { createDashboard, remember } from "next-protego/dashboard";
import { protect } from "next-protego";

const call = protect(() => Promise.resolve(1), { name: "api" });
const rounds = 5;
const calls = 300_000;

async function measure(label: string): Promise<void> {
  let best = Infinity;
  for (let round = 0; round <= rounds; round++) {
    const before = process.cpuUsage();
    for (let i = 0; i < calls; i++) await call();
    const { user, system } = process.cpuUsage(before);
    // The first is a warm-up.
    if (round > 0) best = Math.min(best, ((user + system) / calls) * 1000);
  }
  console.log(`${label.padEnd(20)} ${best.toFixed(0)} ns a call`);
}

await measure("nothing");
const { fetch } = createDashboard({ authorize: () => true, audit: () => {} });
await measure("remembering");
await fetch(new Request("http://localhost/protego/metrics"));
await measure("scraped");
await fetch(new Request("http://localhost/protego"));
await measure("looked at");
remember({ everyCall: true });
await measure("everyCall");
remember()();
