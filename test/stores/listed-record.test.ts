import { expect, test } from "vitest";
import { recordLifeMs } from "../../src/core/fleet-record.ts";
import { listedRecord, storeStep } from "../../src/store.ts";

const request = {
  life: 7,
  quorum: 2,
  threshold: 3,
  sharePercent: 50,
  windowMs: 10_000,
  openMs: [60_000],
  longestOpeningMs: 600_000,
  trials: 2,
  concurrent: 2,
  tolerated: 0,
  everyMs: 0,
  stayMs: 0,
  type: "open",
} as const;
const kept = (isForced: boolean): string => storeStep(undefined, { ...request, isForced }, 0).keep!;

test("a record is shown as it is now", () => {
  expect(listedRecord(kept(false), 20_000)).toMatchObject({ isOpen: true, restMs: 40_000 });
  // A clock that steps back makes it no younger than new.
  expect(listedRecord(kept(false), -5)).toMatchObject({ restMs: 60_000 });
});

test("one that has expired is not shown, unless it is held", () => {
  expect(listedRecord(kept(false), recordLifeMs)).toBeUndefined();
  expect(listedRecord(kept(true), recordLifeMs)).toMatchObject({ isOpen: true, isForced: true });
  expect(listedRecord('{"schema":9007}', recordLifeMs)).toBeUndefined();
});

test.each([
  ['{"schema":9007}', "newer"],
  ["hello", "unreadable"],
  ["", "unreadable"],
])("%j is %s", (text, word) => {
  expect(listedRecord(text, 0)).toBe(word);
});
