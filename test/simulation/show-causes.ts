import { type Causes, causesOf, totalOf } from "./causes.ts";
import { type FleetSettings, usualFleet } from "./fleet.ts";

/**
 * Of what doomed and waiting calls consist: `node test/simulation/show-causes.ts [isolates [minutes [seeds [rows]]]]`, means over
 * so many seeds. The rows are those of noise.ts.
 */
const [isolates = 100, minutes = 10, seeds = 5] = process.argv.slice(2, 5).map(Number);
const only = process.argv[5];
const network = { ...usualFleet.network, setUpMs: 100 };
const usual: FleetSettings = { ...usualFleet, isolates, network };
const weather = { latencyMs: 50, errors: 0, failsInMs: 500 };
const kinds: Array<[string, FleetSettings["weather"]]> = [
  ...[0.001, 0.01, 0.05, 0.1].map((errors): [string, FleetSettings["weather"]] => [
    `${errors * 100} % errors`,
    { ...weather, errors },
  ]),
  ["two latencies", { ...weather, latencyMs: 5, slow: { share: 0.1, latencyMs: 400 } }],
  ["a flat 5 ms, 0.1 % take 150 ms", { ...weather, latencyMs: 5, slow: { share: 0.001, latencyMs: 150 } }],
];
const percent = (share: number): string => `${(share * 100).toFixed(3)} %`;

for (const [kind, each] of kinds) {
  if (only && !kind.startsWith(only)) continue;
  const doomed: Causes = new Map();
  const waited: Causes = new Map();
  const totals: number[] = [];
  const figures: Record<string, number[]> = {};
  for (let seed = 1; seed <= seeds; seed++) {
    // oxlint-disable-next-line no-await-in-loop
    const one = await causesOf({ ...usual, weather: each, seed }, { healthyMs: minutes * 60_000 });
    sum(doomed, one.doomed, seeds);
    sum(waited, one.waited, seeds);
    totals.push(totalOf(one.doomed));
    for (const [name, value] of Object.entries(one.figures)) (figures[name] ??= []).push(Math.round(value));
  }
  console.log(`${kind}: doomed ${percent(totalOf(doomed))} (${totals.map(percent).join(", ")})`);
  show(doomed);
  console.log(`  waited ${percent(totalOf(waited))}`);
  show(waited);
  for (const [name, values] of Object.entries(figures)) console.log(`  ${name}: ${values.join(", ")}`);
}

function sum(into: Causes, causes: Causes, parts: number): void {
  for (const [cause, share] of causes) into.set(cause, (into.get(cause) ?? 0) + share / parts);
}

function show(causes: Causes): void {
  for (const [cause, share] of [...causes].toSorted(([one], [other]) => one.localeCompare(other)))
    console.log(`    ${percent(share).padStart(9)}  ${cause}`);
}
