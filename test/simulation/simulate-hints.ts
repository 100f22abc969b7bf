import { usualFleet } from "./fleet.ts";
import { nearerPlaces } from "./hints.ts";
import { outage } from "./outage.ts";

const spans = { healthyMs: 30_000, outageMs: 60_000, aftermathMs: 30_000 };

const near = { sharedBy: 500, latencyMs: 4 };
const nearer = { sharedBy: 100, latencyMs: 4 };
/** Processes of one server. */
const within = { sharedBy: 8, latencyMs: 1 };

const rows = [
  ["isolates of one call, no hint", 1, undefined],
  ["one call, shared by 500, 4 ms away", 1, near],
  ["one call, shared by 100, 4 ms away", 1, nearer],
  ["isolates of 20 calls, no hint", 20, undefined],
  ["20 calls, shared by 500, 4 ms away", 20, near],
  ["20 calls, shared by 100, 4 ms away", 20, nearer],
  ["warm isolates, no hint", Infinity, undefined],
  ["warm, shared by 8, 1 ms away", Infinity, within],
] as const;

console.log("Hints, one tier below the store; all else as in simulate.ts. Per million healthy calls.\n");
const columns = ["doomed", "open after", "requests", "first looks", "commands", "waited"];
console.log(`${" ".repeat(36)}${columns.map((column) => column.padStart(13)).join("")}`);
for (const [name, callsPerLife, hint] of rows) {
  const settings = { ...usualFleet, callsPerLife, ...(hint && { nearer: nearerPlaces(hint) }) };
  // oxlint-disable-next-line no-await-in-loop
  const figures = await outage(settings, spans);
  const cells = [
    `${(figures.doomed * 100).toFixed(2)} %`,
    `${(figures.openAfterMs / 1000).toFixed(2)} s`,
    figures.requestsPerMillion.toLocaleString("en"),
    figures.joinsPerMillion.toLocaleString("en"),
    figures.commandsPerMillion.toLocaleString("en"),
    `${(figures.waited * 100).toFixed(2)} %`,
  ];
  console.log(`${name.padEnd(36)}${cells.map((cell) => cell.padStart(13)).join("")}`);
}
