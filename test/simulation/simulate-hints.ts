import { usualFleet } from "./fleet.ts";
import { nearerPlaces } from "./hints.ts";
import { outage } from "./outage.ts";

const lives = [
  ["isolates of one call", 1],
  ["isolates of 20 calls", 20],
  ["warm isolates", Infinity],
] as const;

const hints = [
  ["none", undefined],
  ["shared by all, at once", { sharedBy: 1000, latencyMs: 0 }],
  ["by 500, at once", { sharedBy: 500, latencyMs: 0 }],
  ["by 500, 4 ms away", { sharedBy: 500, latencyMs: 4 }],
  ["by 100, 4 ms away", { sharedBy: 100, latencyMs: 4 }],
  ["by 8, 1 ms away", { sharedBy: 8, latencyMs: 1 }],
] as const;

console.log("Hints, one tier below the store; all else as in simulate.ts. Per million healthy calls.\n");
const columns = ["doomed", "open after", "closed after", "requests", "first looks", "commands", "waited"];
for (const [life, callsPerLife] of lives) {
  console.log(`${life.padEnd(26)}${columns.map((column) => column.padStart(13)).join("")}`);
  for (const [name, hint] of hints) {
    const nearer = hint && { nearer: nearerPlaces(hint) };
    // oxlint-disable-next-line no-await-in-loop
    const figures = await outage({ ...usualFleet, callsPerLife, ...nearer });
    const cells = [
      `${(figures.doomed * 100).toFixed(2)} %`,
      `${(figures.openAfterMs / 1000).toFixed(2)} s`,
      `${(figures.closedAfterMs / 1000).toFixed(2)} s`,
      figures.requestsPerMillion.toLocaleString("en"),
      figures.joinsPerMillion.toLocaleString("en"),
      figures.commandsPerMillion.toLocaleString("en"),
      `${(figures.waited * 100).toFixed(2)} %`,
    ];
    console.log(`  ${name.padEnd(24)}${cells.map((cell) => cell.padStart(13)).join("")}`);
  }
}
