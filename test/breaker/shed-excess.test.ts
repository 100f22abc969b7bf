import { describe, expect, test } from "vitest";
import { shedExcess } from "../../src/options.ts";

/** Of 100 calls a second for ten minutes, the share that is shed in the last five. The dice are the same each time. */
function shedShare(accepts: (sentThisSecond: number, random: number) => boolean): number {
  const rule = shedExcess();
  let state = 7;
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  let tally = rule.begin(0);
  let shed = 0;
  for (let second = 0; second < 600; second++) {
    let sent = 0;
    for (let call = 0; call < 100; call++) {
      const now = second * 1000 + call * 10;
      if (rule.sheds!(tally, now, random())) shed += Number(second >= 300);
      else tally = rule.record(tally, accepts(sent++, random()) ? "success" : "failure", now, 1);
    }
  }
  return shed / 30_000;
}

describe("shedExcess sheds about the share that fails", () => {
  test.each([
    [0, 0, 0],
    [0.05, 0, 0],
    [0.3, 0.2, 0.35],
    [0.4, 0.3, 0.45],
    [0.7, 0.6, 0.75],
    [0.95, 0.85, 0.97],
  ])("of failures that have nothing to do with the load: %d", (share, least, most) => {
    const shed = shedShare((_sent, random) => random >= share);
    expect(shed).toBeGreaterThanOrEqual(least);
    expect(shed).toBeLessThanOrEqual(most);
  });

  test.each([
    [100, 0, 0],
    [70, 0.08, 0.3],
    [50, 0.2, 0.5],
    [25, 0.4, 0.75],
  ])("of an upstream that accepts %i of 100 calls a second", (capacity, least, most) => {
    const shed = shedShare((sent) => sent < capacity);
    expect(shed).toBeGreaterThanOrEqual(least);
    expect(shed).toBeLessThanOrEqual(most);
  });
});
