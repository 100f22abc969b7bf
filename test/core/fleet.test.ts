import { describe, expect, test } from "vitest";
import { fleetStep } from "../../src/core/fleet.ts";
import {
  type FleetRecord,
  type FleetRequest,
  mostLeases,
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
  longestOpeningMs: 600_000,
  trials: 2,
  concurrent: 2,
  tolerated: 0,
  everyMs: 0,
  stayMs: 0,
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

test("a forced record knows no time: it is the same after a year", () => {
  const forced = recordAfter({ type: "open", isForced: true });
  const { record, reply } = fleetStep(forced, { ...policy, type: "read" }, 365 * 86_400_000);
  expect(record).toBeUndefined();
  expect(reply).toMatchObject({ state: "open", isForced: true, isRepaired: false });
});

test.each([
  [{ type: "open", isForced: false }, "open"],
  [{ type: "close", isForced: false }, "closed"],
  [{ type: "close", isForced: true, forMs: 5000 }, "closed"],
  [{ type: "half-open" }, "half-open"],
] as const)(
  "a command is carried out only at the generation that its sender has seen: %j",
  (command, state) => {
    const at = recordAfter({ type: "open", isForced: false }, { type: "close", isForced: true })!;
    expect(at.generation).toBe(2);
    for (const [seen, isGranted] of [
      [undefined, true],
      [-1, true],
      [2, true],
      [0, false],
      [1, false],
      [3, false],
    ] as const) {
      const { record, reply } = fleetStep(at, { ...policy, ...command, seen } as FleetRequest, 100);
      expect(reply).toMatchObject({ isGranted, state: isGranted ? state : "closed" });
      expect(record?.generation).toBe(isGranted ? 3 : undefined);
    }
  },
);

test("a command for a circuit that nobody has told of is carried out for who has seen none", () => {
  const close = { ...policy, type: "close", isForced: false } as const;
  expect(fleetStep(undefined, { ...close, seen: 0 }, 0).reply).toMatchObject({
    isGranted: true,
    generation: 1,
  });
  expect(fleetStep(undefined, { ...close, seen: 5 }, 0).reply).toMatchObject({
    isGranted: false,
    generation: 0,
  });
});

test("a hold of a closed circuit ends by itself: until then no report opens it, and who asks is told for how long", () => {
  const opens = { ...policy, quorum: 1, threshold: 2 } as const;
  const held = recordAfter({ type: "close", isForced: true, forMs: 5000 })!;
  const meanwhile = fleetStep(held, { ...opens, ...report(1, 9) }, 2000);
  expect(meanwhile.record).toBeUndefined();
  expect(meanwhile.reply).toMatchObject({ state: "closed", isForced: true, waitMs: 3000, generation: 1 });
  const over = fleetStep(held, { ...opens, type: "read" }, 5000);
  expect(over.reply).toMatchObject({ state: "closed", isForced: false, waitMs: 0, generation: 1 });
  expect(fleetStep(held, { ...opens, ...report(1, 9) }, 5000).reply.state).toBe("open");
});

const lease = (token: number): OwnRequest => ({ type: "lease", token, leaseMs: 11_000, isAlone: false });
const settle = (token: number, verdict: "success" | "failure", generation = 1): OwnRequest => ({
  type: "settle",
  token,
  generation,
  verdict,
});
const halfOpen: OwnRequest = { type: "half-open" };

test("a closed fleet tells for how long, where it has been open", () => {
  const closed = recordAfter(halfOpen, lease(1), lease(2), settle(1, "success"), settle(2, "success"));
  const read = { ...policy, type: "read" } as const;
  expect(fleetStep(closed, read, 700).reply).toMatchObject({ state: "closed", trips: 1, closedMs: 700 });
  expect(fleetStep(undefined, read, 0).reply.closedMs).toBeUndefined();
  expect(fleetStep(recordAfter(halfOpen), read, 700).reply.closedMs).toBeUndefined();
});

test("a fleet whose trials have all succeeded closes when an isolate that wants fewer of them asks for a place", () => {
  const record = recordAfter(halfOpen, lease(1), settle(1, "success"));
  expect(record).toMatchObject({ isOpen: true, successes: 1, generation: 1 });
  const { record: after, reply } = fleetStep(
    record,
    { ...policy, trials: 1, ...lease(2) } as FleetRequest,
    0,
  );
  expect(after).toMatchObject({ isOpen: false, generation: 2, trips: 1 });
  expect(reply).toMatchObject({ state: "closed", isGranted: false });
});

test("a trial that outlives its opening keeps its place, and no more run than are allowed", () => {
  const reopened = recordAfter(halfOpen, lease(1), lease(2), settle(1, "failure"));
  expect(reopened).toMatchObject({ isOpen: true, generation: 2, leases: [{ token: 2 }] });
  const short = policy;
  const held = { ...reopened!, leases: [{ token: 2, leftMs: 100_000 }] };
  const first = fleetStep(held, { ...short, ...lease(3) } as FleetRequest, 60_000);
  expect(first.reply.isGranted).toBe(true);
  expect(fleetStep(first.record, { ...short, ...lease(4) } as FleetRequest, 0).reply.isGranted).toBe(false);
  // It says nothing of the time since, but its place is free.
  const freed = fleetStep(first.record, { ...short, ...settle(2, "failure") } as FleetRequest, 0);
  expect(freed.record).toMatchObject({ generation: 2, leases: [{ token: 3 }] });
});

test("isolates that opened alone have their trials counted in a fleet that is closed", () => {
  const alone = (token: number): OwnRequest => ({ type: "lease", token, leaseMs: 11_000, isAlone: true });
  let record: FleetRecord | undefined;
  const grants = [1, 2, 3].map((token) => {
    const step = fleetStep(record, { ...policy, ...alone(token) } as FleetRequest, 0);
    record = step.record ?? record;
    return [step.reply.state, step.reply.isGranted];
  });
  expect(grants).toEqual([
    ["closed", true],
    ["closed", true],
    ["closed", false],
  ]);
  const freed = fleetStep(record, { ...policy, ...settle(1, "failure", 0) } as FleetRequest, 0);
  expect(freed.record).toMatchObject({ isOpen: false, generation: 0, leases: [{ token: 2 }] });
});

describe("before the end of an opening", () => {
  const open: OwnRequest = { type: "open", isForced: false };
  const asked = (
    own: OwnRequest,
    elapsedMs: number,
    aheadMs: number,
    lengthMs = 60_000,
  ): ReturnType<typeof fleetStep> => {
    const opens = { ...policy, openMs: [lengthMs] };
    const record = fleetStep(undefined, { ...opens, ...own } as FleetRequest, 0).record;
    return fleetStep(record, { ...opens, ...lease(1), aheadMs } as FleetRequest, elapsedMs);
  };

  test.each([
    [57_999, 2000, false],
    [58_000, 2000, true],
    [59_999, 0, false],
    [60_000, 0, true],
    [60_000, -1000, true],
  ])(
    "after %i of 60,000 ms, a place is granted to who asks %i ms ahead: %j",
    (elapsedMs, aheadMs, isGranted) => {
      const { reply, record } = asked(open, elapsedMs, aheadMs);
      expect(reply).toMatchObject({ isGranted, state: elapsedMs < 60_000 ? "open" : "half-open" });
      expect(record?.leases.length ?? 0).toBe(isGranted ? 1 : 0);
    },
  );

  test("no place is granted while it is held open by hand", () => {
    expect(asked({ ...open, isForced: true }, 59_999, 10_000_000).reply.isGranted).toBe(false);
  });

  test("no more places than at any time", () => {
    let record = fleetStep(undefined, { ...policy, ...open } as FleetRequest, 0).record;
    const grants = [1, 2, 3].map((token) => {
      const step = fleetStep(record, { ...policy, ...lease(token), aheadMs: 60_000 } as FleetRequest, 0);
      record = step.record ?? record;
      return step.reply.isGranted;
    });
    expect(grants).toEqual([true, true, false]);
    expect(record!.isOpen).toBe(true);
  });
});

test("a place that is asked for again is held for longer: its first grant may have been lost", () => {
  const once = recordAfter(halfOpen, lease(1));
  const again = fleetStep(once, { ...policy, ...lease(1) } as FleetRequest, 5000);
  expect(again.reply.isGranted).toBe(true);
  expect(again.record!.leases).toEqual([{ token: 1, leftMs: 11_000 }]);
});

test("a thousand trials stay a record of bounded size", () => {
  let record = recordAfter(halfOpen);
  const many = { ...policy, trials: 1000, concurrent: 1000 };
  for (let token = 1; token <= 1000; token++) {
    record = fleetStep(record, { ...many, ...lease(token) } as FleetRequest, 0).record ?? record;
  }
  expect(record!.leases).toHaveLength(mostLeases);
});

test("a place that is asked for again by a shorter call is held for as long as the longer one may take", () => {
  const once = recordAfter(halfOpen, lease(1));
  const again = { ...policy, type: "lease", token: 1, leaseMs: 500, isAlone: false } as const;
  expect(fleetStep(once, again, 1000).record!.leases).toEqual([{ token: 1, leftMs: 10_000 }]);
});

test("requests of calls with short timeouts cut no lease of a long one", () => {
  const long = recordAfter(halfOpen, { type: "lease", token: 1, leaseMs: 300_000, isAlone: false });
  const brief = { ...policy, longestOpeningMs: 1000 };
  const { record } = fleetStep(long, { ...brief, ...lease(2) } as FleetRequest, 100_000);
  expect(record!.leases[0]).toEqual({ token: 1, leftMs: 200_000 });
});

test("a lease that no isolate would give is cut to what one might last", () => {
  const poisoned = { ...recordAfter(halfOpen)!, leases: [{ token: 1, leftMs: recordLifeMs }] };
  const { waitMs } = fleetStep(poisoned, { ...policy, type: "read" }, 0).reply;
  expect(waitMs).toBe(policy.longestOpeningMs);
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
    const half = step(open, { type: "lease", token: 5, leaseMs: 11_000, isAlone: false }, 60_000);
    const closed = step(half, { type: "settle", token: 5, generation: 1, verdict: "success" }, 0);
    expect(closed).toMatchObject({ isOpen: false, trips: 1 });
    expect(step(closed, report(2, 2), closedMs)).toMatchObject({ isOpen: true, trips });
  },
);

describe("a fleet with a quorum of 2, a share of a half and a threshold of 3", () => {
  const pools = { ...policy, quorum: 2, threshold: 3 };
  const good = (count: number): number[] => Array.from({ length: count }, () => 0);

  test.each([
    ["stays closed by alarms alone", Array.from({ length: mostVotes }, () => 1), false],
    ["stays closed by the bad samples of one isolate", [9], false],
    ["opens by bad samples of two", [2, 2], true],
    ["stays closed by bad samples of two where another has a good one", [...good(1), 2, 2], false],
    ["opens by bad samples of three where another has a good one", [...good(1), 2, 2, 2], true],
    ["stays closed where four have good samples, and three bad ones", [...good(4), 2, 2, 2], false],
    ["opens where four have good samples, and four bad ones", [...good(4), 2, 2, 2, 2], true],
    ["stays closed where bad samples are less than half", [...good(5), 2, 2, 2, 2], false],
  ])("%s", (_, runs, isOpen) => {
    let record: FleetRecord | undefined;
    for (const [index, run] of runs.entries()) {
      const step = fleetStep(record, { ...pools, ...report(index + 1, run) } as FleetRequest, 0);
      record = step.record ?? record;
    }
    expect(record!.isOpen).toBe(isOpen);
  });

  test.each([
    ["of just now", 9999, 3, true],
    ["of just now", 9999, 2, false],
    ["of the windows before", 10_000, 3, true],
    ["of the windows before", 29_999, 2, false],
    ["that is older", 30_000, 2, true],
  ])("counts a good sample %s, %i ms old: bad ones of %i open it: %j", (_when, ageMs, bad, isOpen) => {
    let record = fleetStep(undefined, { ...pools, ...report(9, 0) } as FleetRequest, 0).record;
    for (let index = 1; index <= bad; index++) {
      const elapsedMs = index === 1 ? ageMs : 0;
      const step = fleetStep(record, { ...pools, ...report(index, 2) } as FleetRequest, elapsedMs);
      record = step.record ?? record;
    }
    expect(record!.isOpen).toBe(isOpen);
  });

  /** Good samples first; then of each bad one whether it tells of an opening that nothing has announced. */
  function opensBy(goods: number, bad: readonly boolean[], msBetween = 0): boolean {
    let record: FleetRecord | undefined;
    const step = (own: OwnRequest, elapsedMs: number): void => {
      record = fleetStep(record, { ...pools, ...own } as FleetRequest, elapsedMs).record ?? record;
    };
    for (let index = 1; index <= goods; index++) step(report(index, 0), 0);
    for (const [index, isFaded] of bad.entries()) {
      step({ ...report(11 + index, 3), isFaded } as OwnRequest, index > 0 ? msBetween : 0);
    }
    return record!.isOpen;
  }

  test.each([
    ["two faded ones", 0, [true, true], 0, false],
    ["three faded ones", 0, [true, true, true], 0, true],
    ["a faded one and one of now", 0, [true, false], 0, false],
    ["a faded one and two of now", 0, [true, false, false], 0, true],
    ["two of now", 0, [false, false], 9999, true],
    ["two, of which one has faded since", 0, [false, false], 10_000, false],
    ["three faded ones, the first of which is still kept", 0, [true, true, true], 1499, true],
    ["three faded ones, the first of which is kept no longer", 0, [true, true, true], 1500, false],
    ["four faded ones where three have good samples", 3, [true, true, true, true], 0, false],
    ["six faded ones where three have good samples", 3, [true, true, true, true, true, true], 0, true],
  ] as const)(
    "faded bad samples count with one more: by %s (%i good) %j, %i ms between them, it opens: %j",
    (_what, goods, bad, msBetween, isOpen) => {
      expect(opensBy(goods, bad, msBetween)).toBe(isOpen);
    },
  );

  test("a record that is full gives up faded bad samples before good ones", () => {
    const samples = Array.from({ length: mostVotes - 1 }, (_, index) => report(index + 1, 0));
    const faded = { ...report(50, 3), isFaded: true } as OwnRequest;
    const reporters = recordAfter(...samples, faded, report(60, 0))!.votes.map(({ reporter }) => reporter);
    expect(reporters).not.toContain(50);
    expect(reporters).toHaveLength(mostVotes);
  });

  test("good samples of the windows before are no part of the share", () => {
    let record: FleetRecord | undefined;
    for (let index = 1; index <= 8; index++) {
      record = fleetStep(record, { ...pools, ...report(index, 0) } as FleetRequest, 0).record;
    }
    for (let index = 11; index <= 14; index++) {
      const elapsedMs = index === 11 ? 10_000 : 0;
      record = fleetStep(record, { ...pools, ...report(index, 2) } as FleetRequest, elapsedMs).record;
    }
    expect(record!.isOpen).toBe(true);
  });

  test("needs as many failures in a row, all bad samples together", () => {
    const two = [report(1, 2), report(2, 2)];
    const opens = (threshold: number): boolean => {
      const first = fleetStep(undefined, { ...pools, threshold, ...two[0]! } as FleetRequest, 0).record;
      return fleetStep(first, { ...pools, threshold, ...two[1]! } as FleetRequest, 0).record!.isOpen;
    };
    expect([opens(4), opens(5)]).toEqual([true, false]);
  });
});
