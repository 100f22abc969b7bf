import { expect, test } from "vitest";
import { fleetStep } from "../../src/core/fleet.ts";
import {
  type FleetRecord,
  type FleetRequest,
  mostVotes,
  type OwnRequest,
  recordLifeMs,
} from "../../src/core/fleet-record.ts";

const policy = {
  life: 7,
  quorum: 9,
  threshold: 99,
  sharePercent: 50,
  windowMs: 10_000,
  openMs: [60_000],
  longestMs: 600_000,
  trials: 2,
  leaseMs: 11_000,
};

/** The record after these requests, one right after the other. */
function recordAfter(...requests: readonly OwnRequest[]): FleetRecord | undefined {
  let record: FleetRecord | undefined;
  for (const own of requests)
    record = fleetStep(record, { ...policy, ...own } as FleetRequest, 0).record ?? record;
  return record;
}

const report = (reporter: number, run: number): OwnRequest => ({
  type: "report",
  reporter,
  sequence: 1,
  run,
  seen: -1,
});

test("a record that is full gives up an alarm first, and else its oldest vote", () => {
  const samples = Array.from({ length: mostVotes - 1 }, (_, index) => report(index + 1, 0));
  const reporters = (record: FleetRecord | undefined): number[] =>
    record!.votes.map(({ reporter }) => reporter);
  const withAlarm = reporters(recordAfter(...samples, report(50, 1), report(60, 0)));
  expect(withAlarm).not.toContain(50);
  expect(withAlarm).toHaveLength(mostVotes);
  const without = reporters(recordAfter(...samples, report(50, 0), report(60, 0)));
  expect(without).not.toContain(1);
  expect(without).toContain(50);
});

test("a forced record is written again in the second half of its life, and only then", () => {
  const forced = recordAfter({ type: "open", isForced: true });
  const renewed = (elapsedMs: number): boolean =>
    fleetStep(forced, { ...policy, type: "read" }, elapsedMs).record !== undefined;
  expect([0, recordLifeMs / 2, recordLifeMs / 2 + 1].map(renewed)).toEqual([false, false, true]);
  const plain = recordAfter({ type: "open", isForced: false });
  expect(fleetStep(plain, { ...policy, type: "read" }, recordLifeMs / 2 + 1).record).toBeUndefined();
});
