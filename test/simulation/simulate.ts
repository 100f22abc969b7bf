import { usualFleet } from "./fleet.ts";
import { outage } from "./outage.ts";

const ways = [
  ["no sharing", "none"],
  ["ask on every call", "ask always"],
  ["next-protego", "ours"],
] as const;

const lives = [
  ["warm isolates", Infinity],
  ["isolates of 20 calls", 20],
  ["isolates of one call", 1],
] as const;

console.log(`1,000 isolates, 2 calls a second each, 0.1% random errors; an outage of 60 s in which calls fail
after 0.5 s; a store 60 ms away (median round trip). Per million healthy calls: requests to the
store, the first looks of new isolates apart, and commands as Upstash bills them (all requests).
`);
const columns = ["doomed", "open after", "closed after", "requests", "first looks", "commands", "waited"];
for (const [life, callsPerLife] of lives) {
  console.log(`${life.padEnd(22)}${columns.map((column) => column.padStart(13)).join("")}`);
  for (const [way, sharing] of ways) {
    // oxlint-disable-next-line no-await-in-loop
    const figures = await outage({ ...usualFleet, sharing, callsPerLife });
    const cells = [
      `${(figures.doomed * 100).toFixed(2)} %`,
      seconds(figures.openAfterMs),
      figures.closedAfterMs > 80_000 ? "never" : seconds(figures.closedAfterMs),
      figures.requestsPerMillion.toLocaleString("en"),
      figures.joinsPerMillion.toLocaleString("en"),
      figures.commandsPerMillion.toLocaleString("en"),
      `${(figures.waited * 100).toFixed(2)} %`,
    ];
    console.log(`  ${way.padEnd(20)}${cells.map((cell) => cell.padStart(13)).join("")}`);
  }
}

function seconds(ms: number): string {
  return Number.isFinite(ms) ? `${(Math.max(ms, 0) / 1000).toFixed(2)} s` : "–";
}
