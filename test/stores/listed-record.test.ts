import { expect, test } from "vitest";
import { recordLifeMs } from "../../src/core/fleet-record.ts";
import { listedRecord, storeStep } from "../../src/store.ts";
import { fleetPolicy } from "./fleet-policy.ts";

const request = {
  ...fleetPolicy,
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
