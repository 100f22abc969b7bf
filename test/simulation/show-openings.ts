import { usualFleet } from "./fleet.ts";
import { openingsOf } from "./openings.ts";

/**
 * How soon fleets open as one where calls fail at random and then all of them do, at once; and how often they open by
 * chance before: `node test/simulation/show-openings.ts [share of errors [calls a second]]`. Two calls a second each by
 * default, a store 60 ms away, 100 ms more for each new connection.
 */
const errors = Number(process.argv[2] ?? 0.1);
const callsPerSecond = Number(process.argv[3] ?? 2);
const network = { ...usualFleet.network, setUpMs: 100 };
const weather = { ...usualFleet.weather, errors, failsInMs: 20 };

console.log(`${errors * 100} % errors, ${callsPerSecond} calls a second each; median and worst`);
for (const [isolates, seeds, minutes] of [
  [2, 40, 25],
  [3, 40, 25],
  [5, 40, 25],
  [20, 20, 50],
  [100, 4, 80],
] as const) {
  const runs: number[] = [];
  let byChance = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const settings = { ...usualFleet, isolates, callsPerSecond, network, weather, seed };
    // oxlint-disable-next-line no-await-in-loop
    const openings = await openingsOf(settings, { healthyMs: minutes * 60_000 });
    byChance += openings.byChance;
    runs.push(openings.openAfterMs / 1000);
  }
  const [median, worst] = [runs.toSorted((a, b) => a - b)[seeds >> 1]!, Math.max(...runs)];
  const opens = `${median.toFixed(1)} s (${worst < Infinity ? `${worst.toFixed(1)} s` : "not in 90 s"})`;
  console.log(
    `${String(isolates).padStart(4)} isolates: open after ${opens.padEnd(20)} by chance ${byChance} times in ${seeds * minutes} min`,
  );
}
