import { expect, test } from "vitest";
import { type Evidence, nothingToTell, succeeded } from "../../src/core/member-evidence.ts";

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
