import { expect, test } from "vitest";
import { cameBack, isOverdue, newDetector, suspect } from "../../src/core/latency-detector.ts";

test.each([
  [1000, 1500],
  [400, 600],
  [100, 150],
  [10, 150],
])(
  "after a call of %i ms, calls are overdue when none has come back for more than %i ms",
  (tookMs, overdueMs) => {
    const latency = cameBack(newDetector, 0, tookMs);
    expect(suspect(latency, overdueMs, 1).arises).toBe(false);
    expect(suspect(latency, overdueMs + 1, 1).arises).toBe(true);
  },
);

test("a call that is over was out for too long by the same measure; before the first success nothing is", () => {
  expect(isOverdue(newDetector, 10_000)).toBe(false);
  const latency = cameBack(newDetector, 0, 400);
  expect(isOverdue(latency, 600)).toBe(false);
  expect(isOverdue(latency, 601)).toBe(true);
});
