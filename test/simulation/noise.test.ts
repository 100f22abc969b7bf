import { expect, test } from "vitest";
import { causesOf, totalOf } from "./causes.ts";
import { usualFleet } from "./fleet.ts";
import { openingsOf } from "./openings.ts";

/** Where calls fail at random now and then, the rest of what noise.ts measures is the same. */
const noisy = { ...usualFleet, isolates: 100, network: { ...usualFleet.network, setUpMs: 100 } };

test.each([
  ["one call of a thousand fails", 0.001, 9000],
  ["one call of a hundred fails", 0.01, 24_000],
  ["one call of twenty fails", 0.05, 34_000],
  ["one call of ten fails", 0.1, 44_000],
])(
  "where %s at random the fleet stays closed, calls seldom wait, and an outage dooms few of them",
  async (_what, errors, mostCommands) => {
    const weather = { ...noisy.weather, errors };
    // At their beginning isolates have more reports than calls earn them: that is not counted.
    const spans = { settlesMs: 240_000, healthyMs: 120_000 };
    const { doomed, waited, figures } = await causesOf({ ...noisy, weather, seed: 1 }, spans);
    expect(figures["openings"]).toBe(0);
    expect(totalOf(waited)).toBeLessThan(0.0015);
    expect(totalOf(doomed)).toBeLessThan(0.017);
    expect(figures["commandsPerMillion"]).toBeLessThan(mostCommands);
  },
);

test.each([1, 2, 3, 4, 5])(
  "where one call of ten fails at random, five isolates open as one a few seconds after all calls fail at once (%i)",
  async (seed) => {
    const weather = { ...noisy.weather, errors: 0.1, failsInMs: 20 };
    const { byChance, openAfterMs } = await openingsOf({ ...noisy, isolates: 5, weather, seed });
    expect(byChance).toBe(0);
    expect(openAfterMs).toBeLessThan(5000);
  },
);
