import { type FleetSettings, usualFleet } from "./fleet.ts";
import { startRedis } from "../upstash-server/start-redis.ts";
import { commandsOnRedis } from "./on-redis.ts";
import { outage } from "./outage.ts";

/**
 * What healthy traffic costs where it is not quite healthy: `node test/simulation/noise.ts [isolates [minutes]]`. Two
 * calls a second each, a store 60 ms away, 100 ms more for each new connection. What reached the store is then carried out
 * by a real Redis, and its commands are counted: with one command of EVALSHA each, they are what Upstash bills.
 */
const isolates = Number(process.argv[2] ?? 100);
const minutes = Number(process.argv[3] ?? 10);
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
const columns = ["commands", "on a Redis", "requests", "waited", "doomed", "open after", "closed after"];
console.log(
  `${isolates} isolates, ${minutes} min healthy, then down for a minute; per million healthy calls`,
);
console.log(`${"".padEnd(32)}${columns.map((column) => column.padStart(13)).join("")}`);
for (const [kind, settings] of kinds) {
  // oxlint-disable-next-line no-await-in-loop
  const figures = await outage({ ...usual, ...settings }, { healthyMs: minutes * 60_000 });
  const cells = [
    figures.commandsPerMillion.toLocaleString("en"),
    // oxlint-disable-next-line no-await-in-loop
    Math.round(((await commandsOnRedis(redis, figures.steps)) * 1e6) / figures.healthyCalls).toLocaleString(
      "en",
    ),
    figures.requestsPerMillion.toLocaleString("en"),
    `${(figures.waited * 100).toFixed(2)} %`,
    `${(figures.doomed * 100).toFixed(2)} %`,
    `${(figures.openAfterMs / 1000).toFixed(1)} s`,
    `${(figures.closedAfterMs / 1000).toFixed(1)} s`,
  ];
  console.log(`${kind.padEnd(32)}${cells.map((cell) => cell.padStart(13)).join("")}`);
}
await redis.stop();
