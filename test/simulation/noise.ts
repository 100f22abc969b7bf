import { type FleetSettings, usualFleet } from "./fleet.ts";
import { startRedis } from "../upstash-server/start-redis.ts";
import { commandsOnRedis } from "./on-redis.ts";
import { outage } from "./outage.ts";

/**
 * What healthy traffic costs where it is not quite healthy: `node test/simulation/noise.ts [isolates [minutes
 * [seeds]]]`. Two calls a second each, a store 60 ms away, 100 ms more for each new connection. What reached the store is then
 * carried out by a real Redis, and its commands are counted: with one command of EVALSHA each, they are what Upstash bills.
 * The figures are means of so many runs; the worst run is in brackets.
 */
const isolates = Number(process.argv[2] ?? 100);
const minutes = Number(process.argv[3] ?? 10);
const seeds = Number(process.argv[4] ?? 5);
const network = { ...usualFleet.network, setUpMs: 100 };
const usual: FleetSettings = { ...usualFleet, isolates, network };
const weather = { latencyMs: 50, errors: 0, failsInMs: 500 };

const kinds: Array<[string, Partial<FleetSettings>]> = [
  ["no errors", { weather }],
  ["0.1 % errors", { weather: { ...weather, errors: 0.001 } }],
  ["1 % errors", { weather: { ...weather, errors: 0.01 } }],
  ["5 % errors", { weather: { ...weather, errors: 0.05 } }],
  ["10 % errors", { weather: { ...weather, errors: 0.1 } }],
  [
    "90 % take 5 ms, 10 % 400 ms",
    { weather: { ...weather, latencyMs: 5, slow: { share: 0.1, latencyMs: 400 } } },
  ],
  [
    "a flat 5 ms, 0.1 % take 150 ms",
    { weather: { ...weather, latencyMs: 5, slow: { share: 0.001, latencyMs: 150 } } },
  ],
];

const redis = await startRedis();
const columns = ["on a Redis", "requests", "waited", "doomed", "open after", "closed after"];
console.log(
  `${isolates} isolates, ${minutes} min healthy, then down for a minute; per million healthy calls; mean (worst) of ${seeds} runs`,
);
console.log(`${"".padEnd(32)}${columns.map((column) => column.padStart(20)).join("")}`);
for (const [kind, settings] of kinds) {
  const runs: number[][] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    // oxlint-disable-next-line no-await-in-loop
    const figures = await outage({ ...usual, ...settings, seed }, { healthyMs: minutes * 60_000 });
    // oxlint-disable-next-line no-await-in-loop
    const commands = ((await commandsOnRedis(redis, figures.steps)) * 1e6) / figures.healthyCalls;
    const { requestsPerMillion, waited, doomed, openAfterMs, closedAfterMs } = figures;
    runs.push([commands, requestsPerMillion, waited, doomed, openAfterMs, closedAfterMs]);
  }
  const cells = columns.map((_column, index) => {
    const all = runs.map((run) => run[index]!);
    const mean = all.reduce((sum, each) => sum + each, 0) / seeds;
    return `${shown(index, mean)} (${shown(index, Math.max(...all))})`;
  });
  console.log(`${kind.padEnd(32)}${cells.map((cell) => cell.padStart(20)).join("")}`);
}
await redis.stop();

/** Of which column, and how much. */
function shown(column: number, value: number): string {
  if (column < 2) return Math.round(value).toLocaleString("en");
  return column < 4 ? `${(value * 100).toFixed(2)} %` : `${(value / 1000).toFixed(1)} s`;
}
