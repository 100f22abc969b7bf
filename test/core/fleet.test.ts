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

test.each([
  [60_000, 2],
  [60_001, 1],
])(
  "openings of the fleet add up: closed for %d ms, and then failing again, it is number %d",
  (closedMs, trips) => {
    const eager = { ...policy, quorum: 1, threshold: 2, trials: 1 };
    const step = (record: FleetRecord | undefined, own: OwnRequest, elapsedMs: number): FleetRecord =>
      fleetStep(record, { ...eager, ...own } as FleetRequest, elapsedMs).record!;
    const open = step(undefined, report(1, 2), 0);
    const half = step(open, { type: "lease", token: 5 }, 60_000);
    const closed = step(half, { type: "settle", token: 5, generation: 1, verdict: "success" }, 0);
    expect(closed).toMatchObject({ isOpen: false, trips: 1 });
    expect(step(closed, report(2, 2), closedMs)).toMatchObject({ isOpen: true, trips });
  },
);
