import { Fleet, type FleetSettings, usualFleet, usualRules } from "./fleet.ts";

/**
 * Fleets far from their store: `node test/simulation/distance.ts`. An outage, and how long after its opening the fleet
 * is closed again, where the upstream has healed before. The reset timeout is 10 s. An argument is another `maxWait`
 * than 100 ms: `node test/simulation/distance.ts 800`.
 */
const resetMs = 10_000;
const boundMs = Number(process.argv[2] ?? usualRules.boundMs);
const rules = { ...usualRules, boundMs };
const seeds = 201;

const lives: Array<[string, Partial<FleetSettings>]> = [
  ["one call each, 1/s in all", { isolates: 10, callsPerSecond: 0.1, callsPerLife: 1 }],
  ["one call each, 10/s in all", { isolates: 20, callsPerSecond: 0.5, callsPerLife: 1 }],
  ["20 calls each, 10 isolates, 1/s each", { isolates: 10, callsPerSecond: 1, callsPerLife: 20 }],
  ["warm, 4 isolates, 1/s each", { isolates: 4, callsPerSecond: 1 }],
  ["warm, 4 isolates, 0.25/s each", { isolates: 4, callsPerSecond: 0.25 }],
];

/** Seconds from the beginning of the outage to the opening, and from there to the closing. */
async function openAndClose(settings: FleetSettings): Promise<[number, number]> {
  const fleet = new Fleet(settings);
  const { time, store, upstream } = fleet;
  let openAt = Infinity;
  let closedAt = Infinity;
  store.onStep = (_request, _reply, record) => {
    if (!record) return;
    if (record.isOpen) openAt = Math.min(openAt, time.now);
    else if (time.now > openAt) closedAt = Math.min(closedAt, time.now);
  };
  await time.runUntil(20_000);
  upstream.isDown = true;
  while (openAt === Infinity && time.now < 140_000) {
    // oxlint-disable-next-line no-await-in-loop
    await time.runUntil(time.now + 100);
  }
  upstream.isDown = false;
  await time.runUntil(time.now + 90_000);
  fleet.stop();
  return [(openAt - 20_000) / 1000, (closedAt - openAt) / 1000];
}

const median = (numbers: number[]): number =>
  numbers.toSorted((one, other) => one - other)[numbers.length >> 1]!;
const inWords = (seconds: number): string => (Number.isFinite(seconds) ? `${seconds.toFixed(1)} s` : "never");

console.log(`reset timeout ${resetMs / 1000} s, maxWait ${boundMs} ms; median and worst of ${seeds} runs`);
for (const latencyMs of [60, 250, 500]) {
  for (const [life, each] of lives) {
    const opens: number[] = [];
    const closes: number[] = [];
    for (let seed = 1; seed <= seeds; seed++) {
      const network = { ...usualFleet.network, latencyMs, setUpMs: 90 };
      const policy = { resetTimeout: resetMs };
      const weather = { latencyMs: 50, errors: 0, failsInMs: 100 };
      // oxlint-disable-next-line no-await-in-loop
      const [open, close] = await openAndClose({
        ...usualFleet,
        ...each,
        network,
        policy,
        rules,
        weather,
        seed,
      });
      opens.push(open);
      closes.push(close);
    }
    const cells = [median(opens), Math.max(...opens), median(closes), Math.max(...closes)].map(inWords);
    console.log(
      `${`${latencyMs} ms away, ${life}`.padEnd(52)} opens after ${cells[0]!.padStart(6)} (${cells[1]}), closes after ${cells[2]!.padStart(6)} (${cells[3]})`,
    );
  }
}
