import { describe, expect, test } from "vitest";
import type { FleetRecord } from "../../src/core/fleet-record.ts";
import { trials } from "../../src/core/trials.ts";
import { badNetwork } from "./bad-network.ts";
import { Fleet, type FleetSettings, usualFleet, usualRules } from "./fleet.ts";
import { goodNetwork } from "./network.ts";

/** Short openings, so that a run sees many of them; trials that are quick to give up. */
const hurried: FleetSettings = {
  ...usualFleet,
  policy: { resetTimeout: 3000, halfOpenRetries: 2 },
  rules: { ...usualRules, storeTimeoutMs: 2000 },
};

const inFull = trials({
  successes: 5,
  concurrent: 2,
  tolerate: 0.2,
  slow: "2s",
  every: "200ms",
  longest: "20s",
});

/** More of them: SIMULATION_SEEDS=100 npx vitest run test/simulation */
const seeds = Array.from({ length: Number(process.env["SIMULATION_SEEDS"] ?? 3) }, (_, index) => index + 1);

const troubles: Array<[string, Partial<FleetSettings>]> = [
  ["a good network", {}],
  ["a network that loses, repeats and holds up", { network: badNetwork }],
  ["isolates that live for 20 calls", { callsPerLife: 20 }],
  ["isolates killed in mid-call, trials included", { killed: 0.02, network: badNetwork }],
  [
    "trials in full, on a bad network",
    { network: badNetwork, policy: { resetTimeout: 3000, halfOpenRetries: inFull } },
  ],
  ["isolates that live for one call, on a bad network", { callsPerLife: 1, network: badNetwork }],
];

describe.each(troubles)("a thousand isolates, an outage, %s", (_trouble, settings) => {
  test.each(seeds)("keep every promise (seed %i)", async (seed) => {
    const fleet = new Fleet({ ...hurried, ...settings, seed });
    const { time, store, upstream } = fleet;
    const broken: string[] = [];
    const promise = (holds: boolean, what: string): void => {
      if (!holds && broken.length < 5) broken.push(`${what}, at ${Math.round(time.now)} ms`);
    };
    const runs = new Map<number, number>();
    let openings = 0;
    let closings = 0;
    let before: FleetRecord | undefined;
    store.onStep = (request, _reply, record) => {
      if (request.type === "report") {
        runs.set(request.reporter, Math.max(runs.get(request.reporter) ?? 0, request.run));
      }
      if (!record) return;
      promise(record.generation >= (before?.generation ?? 0), "a generation went back");
      promise(record.leases.length <= 2, "more leases than trials");
      for (const { reporter, run } of record.votes) {
        promise(run <= runs.get(reporter)!, "a failure counted twice");
      }
      if (record.isOpen && !before?.isOpen) openings++;
      if (!record.isOpen && before?.isOpen) closings++;
      before = record;
    };
    fleet.onTrial = () =>
      promise(fleet.fleetTrials <= 2, `${fleet.fleetTrials} trials of the fleet in flight`);
    let longestWaitMs = 0;
    let lastRefusal = 0;
    let served = 0;
    fleet.onCall = ({ startedAt, waitedMs, result }) => {
      longestWaitMs = Math.max(longestWaitMs, waitedMs);
      if (result === "refused") lastRefusal = Math.max(lastRefusal, startedAt);
      if (result === "succeeded" && time.now > healedAt + 30_000) served++;
    };

    let healedAt = Infinity;
    await time.runUntil(5000);
    upstream.isDown = true;
    await time.runUntil(17_000);
    upstream.isDown = false;
    healedAt = time.now;
    await time.runUntil(healedAt + 40_000);
    fleet.stop();

    expect(broken).toEqual([]);
    expect(openings).toBeGreaterThan(0);
    expect(closings).toBeGreaterThan(0);
    expect(longestWaitMs).toBeLessThanOrEqual(usualRules.boundMs + 1);
    // A reset timeout; then leases of the dead (trial, patience and all) may have to run out twice.
    expect(lastRefusal - healedAt).toBeLessThan(36_000);
    expect(served).toBeGreaterThan(0);
  });
});

test.each(seeds)(
  "after the fleet has opened, an isolate learns it by its first failure; by its second, where it told of one lately (seed %i)",
  async (seed) => {
    const fleet = new Fleet({ ...usualFleet, seed });
    const { time, store, upstream } = fleet;
    await time.runUntil(5000);
    upstream.isDown = true;
    let openedAt = Infinity;
    store.onStep = (_request, { state }) => {
      if (state === "open") openedAt = Math.min(openedAt, time.now);
    };
    /** When isolates had failed once, and twice, since then. */
    const failures = new Map<number, number[]>();
    const late = new Set<number>();
    let uninformed = 0;
    fleet.onCall = ({ sentAt, result }, seat) => {
      if (result !== "failed" || time.now <= openedAt) return;
      const [first = Infinity, second = Infinity] = failures.get(seat) ?? [];
      // A round trip after its failure an isolate knows.
      if (sentAt > first + 120) late.add(seat);
      if (sentAt > second + 120) uninformed++;
      failures.set(seat, [...(failures.get(seat) ?? []), time.now]);
    };
    await time.runUntil(20_000);
    fleet.stop();
    expect(openedAt).toBeLessThan(7000);
    expect(failures.size).toBeGreaterThan(100);
    expect(late.size).toBeLessThan(20);
    expect(uninformed).toBe(0);
  },
);

test.each([
  ["one isolate of 100 cannot reach the upstream", { isolates: 100, cutOff: 1 }, 0.01],
  ["1% of calls fail at random", {}, 0.01],
  ["5% of calls fail at random", {}, 0.05],
  ["5% fail at random, in isolates that live for 20 calls", { callsPerLife: 20 }, 0.05],
  ["5% fail at random, in isolates that live for one call", { callsPerLife: 1 }, 0.05],
  [
    "5% fail at random, slowly",
    { weather: { latencyMs: 50, errors: 0.05, errorsInMs: 500, failsInMs: 500 } },
    0.05,
  ],
  ["5% fail at random in a small fleet", { isolates: 10 }, 0.05],
  ["5% fail at random, and the network to the store is bad", { network: badNetwork }, 0.05],
] satisfies Array<[string, Partial<FleetSettings>, number]>)(
  "the fleet stays closed when %s",
  async (_when, settings, errors) => {
    let openings = 0;
    let calls = 0;
    for (const seed of seeds) {
      const fleet = new Fleet({
        ...hurried,
        network: goodNetwork,
        weather: { latencyMs: 50, errors, failsInMs: 500 },
        ...settings,
        seed,
      });
      fleet.store.onStep = (_request, { state }) => {
        if (state === "open") openings++;
      };
      fleet.onCall = () => calls++;
      // oxlint-disable-next-line no-await-in-loop
      await fleet.time.runUntil(20_000);
      fleet.stop();
    }
    expect(calls).toBeGreaterThan(1000);
    expect(openings).toBe(0);
  },
  120_000,
);
