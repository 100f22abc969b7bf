import { expect, test } from "vitest";
import {
  type Evidence,
  failed,
  mayLook,
  nothingToTell,
  opened,
  succeeded,
  take,
} from "../../src/core/member-evidence.ts";

test("220 calls earn one report, and no more than six are kept", () => {
  let evidence: Evidence = { ...nothingToTell, allowance: 0 };
  const earnedAfter = (calls: number): number => {
    for (let call = 0; call < calls; call++) evidence = succeeded(evidence);
    return evidence.allowance;
  };
  expect(earnedAfter(219)).toBeLessThan(1);
  expect(earnedAfter(2)).toBeGreaterThan(1);
  expect(earnedAfter(3000)).toBe(6);
});

test("1,000 calls earn one look for a mere suspicion, and no more than two are kept", () => {
  let evidence: Evidence = { ...nothingToTell, looks: 0 };
  const earnedAfter = (calls: number): number => {
    for (let call = 0; call < calls; call++) evidence = succeeded(evidence);
    return evidence.looks;
  };
  earnedAfter(999);
  expect(mayLook(evidence)).toBe(false);
  expect(earnedAfter(2)).toBeGreaterThan(1);
  expect(mayLook(evidence)).toBe(true);
  expect(earnedAfter(3000)).toBe(2);
});

test.each([
  ["a first failure", 0, false, false],
  ["a first failure that came late", 0, true, true],
  ["a second in a row", 1, false, true],
])("with no reports left, %s is told on credit: %j", (_what, run, isLate, isTold) => {
  const before: Evidence = { ...nothingToTell, allowance: 0, run, untold: run };
  expect(failed(before, 3, isLate).isDue).toBe(isTold);
});

test("credit ends, and so do looks: then nothing but samples is told", () => {
  const before: Evidence = { ...nothingToTell, allowance: -2, looks: 0, run: 1, untold: 1 };
  expect(failed(before, 3, true).isDue).toBe(false);
  expect(failed({ ...before, isSampled: true }, 3).isDue).toBe(true);
});

test("a failure that came late is paid for as a suspicion, where there are no reports left", () => {
  const before: Evidence = { ...nothingToTell, allowance: 0, looks: 1 };
  const told = failed(before, 3, true);
  expect([told.isDue, mayLook(told)]).toEqual([true, false]);
  expect(failed({ ...before, looks: 0 }, 3, true).isDue).toBe(false);
  const rich = failed({ ...before, allowance: 2 }, 3, true);
  expect([rich.isDue, mayLook(rich)]).toEqual([true, true]);
});

test("an alarm costs as much as its sample, also on credit", () => {
  let evidence: Evidence = { ...nothingToTell, allowance: -1, run: 1, untold: 1 };
  evidence = take(failed(evidence, 3), 0, 5000).evidence;
  expect(evidence.allowance).toBeCloseTo(-2, 1);
  evidence = take(succeeded(evidence), 0, 5000).evidence;
  expect(evidence.allowance).toBeCloseTo(-3, 1);
});

test.each([
  ["of which it had told", { run: 3, isSampled: true }, false],
  ["of which it had told none", { run: 3, untold: 3 }, true],
  ["that are none: another rule has opened it", { run: 0 }, false],
])(
  "an isolate that opened by failures in a row %s reports %o as a full run, faded: %j",
  (_what, before, isFaded) => {
    const told = take(opened({ ...nothingToTell, ...before }, 3), 0, 5000);
    expect([told.run, told.isFaded]).toEqual([3, isFaded]);
  },
);

test.each([100, 60_000])(
  "after an opening told as a faded sample, a trial that fails %i ms later weighs as much as a full run",
  (ms) => {
    const faded = take(opened({ ...nothingToTell, run: 3, untold: 3 }, 3), 0, 5000);
    expect([faded.run, faded.isFaded]).toEqual([3, true]);
    const told = take(opened(failed(faded.evidence, 3), 3), ms, 5000);
    expect([told.run, told.isFaded]).toEqual([3, false]);
  },
);
