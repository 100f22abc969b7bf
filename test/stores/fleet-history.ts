import fc from "fast-check";
import {
  type FleetPolicy,
  type FleetRequest,
  type OwnRequest,
  recordLifeMs,
} from "../../src/core/fleet-record.ts";

/** Calls of another timeout hold their places for another time. */
const leaseMs = fc.constantFrom(1, 500, 500, 500, 2000, 10_000_000);
/** Before the end of an opening, as whoever is far away asks; nonsense, too. */
const aheadMs = fc.constantFrom(undefined, 0, 0, 1, 499, 500, 1000, 10_000_000, -1000);

/** An opening that nothing has announced. */
const isFaded = fc.constantFrom(false, false, false, true);

/** What the sender of a command knows. */
const known = fc.constantFrom(undefined, -1, -1, 0, 0, 1, 2, 3);

const halfLifeMs = recordLifeMs / 2;

/** What somebody asks of the record, some time after the request before. */
export interface FleetEvent {
  readonly passMs: number;
  readonly request: FleetRequest;
}

/** Requests of a few isolates: fresh, late, repeated and stale ones, as a fleet with bad links sends them. */
const anything = historyOf(
  anyOwn(),
  [0, 0, 0, 1, 100, 499, 500, 999, 1000, 1001, 2999, halfLifeMs, 100_000_000],
  30,
);
/** Isolates that report and report again, now and then late. */
const reports = historyOf(report(20, 6, [0, 0, 1, 1, 1, 2, 3]), [0, 0, 0, 0, 1, 50, 99, 100, 101, 400], 60);
/** More isolates than a record has room for. */
const crowds = historyOf(report(60, 3, [0, 0, 0, 1, 1, 3]), [0, 0, 0, 0, 0, 0, 1], 60, 30);
/** Openings that end well, and then come again. */
const recoveries = historyOf(recovery(), [0, 0, 0, 1, 499, 500, 501, 999, 1000, 1001, 3000], 60, 20);
/** Commands, and days. */
const commands = historyOf(command(), [0, 1000, halfLifeMs - 1, halfLifeMs, halfLifeMs + 1], 10);

export const anyFleetHistory: fc.Arbitrary<FleetEvent[]> = fc.oneof(
  { weight: 4, arbitrary: anything },
  { weight: 1, arbitrary: reports },
  { weight: 1, arbitrary: crowds },
  { weight: 1, arbitrary: recoveries },
  { weight: 1, arbitrary: commands },
);

function historyOf(
  own: fc.Arbitrary<OwnRequest>,
  passes: readonly number[],
  maxLength: number,
  minLength = 5,
): fc.Arbitrary<FleetEvent[]> {
  return anyPolicy().chain((policy) => {
    // A deploy under way: some isolates want another number of trials.
    const usual = fc.constant(ofTrials(policy));
    const trials = fc.oneof({ weight: 9, arbitrary: usual }, anyTrials(), fc.constant({ trials: 40 }));
    const request = fc
      .tuple(anyLife(), own, trials)
      .map(([life, each, wanted]): FleetRequest => ({ ...policy, ...wanted, life, ...each }));
    return fc.array(fc.record({ passMs: fc.constantFrom(...passes), request }), { minLength, maxLength });
  });
}

function anyPolicy(): fc.Arbitrary<FleetPolicy> {
  return fc
    .record({
      quorum: fc.integer({ min: 1, max: 3 }),
      threshold: fc.integer({ min: 2, max: 6 }),
      sharePercent: fc.constantFrom(1, 34, 50, 67, 100),
      windowMs: fc.constant(1000),
      openMs: fc.constantFrom([1000], [500, 1000, 3000]),
      longestOpeningMs: fc.constantFrom(700, 10_000),
    })
    .chain((rules) => anyTrials().map((trials) => ({ ...rules, ...trials })));
}

/** Half-open in full. */
function anyTrials(): fc.Arbitrary<TrialsOfFleet> {
  return fc.record({
    trials: fc.integer({ min: 1, max: 3 }),
    concurrent: fc.integer({ min: 1, max: 3 }),
    tolerated: fc.constantFrom(0, 0, 1, 2),
    everyMs: fc.constantFrom(0, 0, 1, 500, 1000),
    stayMs: fc.constantFrom(0, 0, 999, 1000, 3000),
  });
}

type TrialsOfFleet = Pick<FleetPolicy, "trials" | "concurrent" | "tolerated" | "everyMs" | "stayMs">;

function ofTrials({ trials, concurrent, tolerated, everyMs, stayMs }: FleetPolicy): TrialsOfFleet {
  return { trials, concurrent, tolerated, everyMs, stayMs };
}

function anyLife(): fc.Arbitrary<number> {
  return fc.integer({ min: 1, max: 2 ** 31 });
}

function report(reporters: number, sequences: number, runs: readonly number[]): fc.Arbitrary<OwnRequest> {
  return fc.record({
    type: fc.constant("report" as const),
    reporter: fc.integer({ min: 1, max: reporters }),
    sequence: fc.integer({ min: 1, max: sequences }),
    run: fc.constantFrom(...runs),
    seen: fc.constantFrom(-1, -1, -1, -1, 0, 1, 2),
    isFaded,
  });
}

function recovery(): fc.Arbitrary<OwnRequest> {
  const token = fc.constant(1);
  const generation = fc.constantFrom(1, 1, 2, 3);
  const verdict = fc.constantFrom(...(["success", "success", "success", "ignored", "failure"] as const));
  return fc.oneof(
    { weight: 1, arbitrary: fc.record({ type: fc.constant("open" as const), isForced: fc.constant(false) }) },
    { weight: 4, arbitrary: fc.record({ ...reportOf(4), run: fc.constantFrom(3, 4, 6) }) },
    {
      weight: 8,
      arbitrary: fc.record({
        type: fc.constant("lease" as const),
        token,
        leaseMs,
        isAlone: fc.boolean(),
        aheadMs,
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({ type: fc.constant("settle" as const), token, generation, verdict }),
    },
  );
}

function reportOf(reporters: number) {
  return {
    type: fc.constant("report" as const),
    reporter: fc.integer({ min: 1, max: reporters }),
    sequence: fc.integer({ min: 1, max: 100 }),
    seen: fc.constant(-1),
    isFaded,
  };
}

/** Of a hold that ends: shorter and longer than anything else lasts. */
function heldFor(): fc.Arbitrary<OwnRequest> {
  const forMs = fc.constantFrom(1, 999, 1000, 5000, 20_000);
  return fc.record({ type: fc.constant("close" as const), isForced: fc.constant(true), forMs, seen: known });
}

function command(): fc.Arbitrary<OwnRequest> {
  return fc.oneof(
    fc.record({
      type: fc.constantFrom("open" as const, "close" as const),
      isForced: fc.boolean(),
      seen: known,
    }),
    heldFor(),
    fc.record({ type: fc.constant("half-open" as const), seen: known }),
    fc.record({ type: fc.constant("read" as const) }),
    fc.record({ ...reportOf(2), run: fc.constantFrom(1, 3) }),
  );
}

function anyOwn(): fc.Arbitrary<OwnRequest> {
  const token = fc.integer({ min: 1, max: 4 });
  const generation = fc.integer({ min: 0, max: 6 });
  const isForced = fc.boolean();
  return fc.oneof(
    { weight: 1, arbitrary: fc.record({ type: fc.constant("read" as const) }) },
    {
      weight: 8,
      arbitrary: fc.record({
        type: fc.constant("report" as const),
        reporter: fc.integer({ min: 1, max: 24 }),
        sequence: fc.integer({ min: 1, max: 20 }),
        run: fc.integer({ min: 0, max: 4 }),
        seen: fc.integer({ min: -1, max: 2 }),
        isFaded,
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant("lease" as const),
        token,
        leaseMs,
        isAlone: fc.boolean(),
        aheadMs,
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant("settle" as const),
        token,
        generation,
        verdict: fc.constantFrom("success" as const, "failure" as const, "ignored" as const),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.oneof(
        fc.record({ type: fc.constantFrom("open" as const, "close" as const), isForced, seen: known }),
        heldFor(),
        fc.record({ type: fc.constant("half-open" as const), seen: known }),
      ),
    },
  );
}
