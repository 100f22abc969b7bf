import fc from "fast-check";
import {
  type FleetPolicy,
  type FleetRequest,
  type OwnRequest,
  recordLifeMs,
} from "../../src/core/fleet-record.ts";

const halfLifeMs = recordLifeMs / 2;

/** What somebody asks of the record, some time after the request before. */
export interface FleetEvent {
  readonly passMs: number;
  readonly request: FleetRequest;
}

/** Requests of a few isolates: fresh, late, repeated and stale ones, as a fleet with bad links sends them. */
export const anyFleetHistory: fc.Arbitrary<FleetEvent[]> = fc.oneof(
  historyOf(
    anyOwn(),
    fc.constantFrom(
      0,
      0,
      0,
      1,
      100,
      499,
      500,
      999,
      1000,
      1001,
      2999,
      halfLifeMs,
      halfLifeMs + 1,
      100_000_000,
    ),
    30,
  ),
  historyOf(report(20, 6), fc.constantFrom(0, 0, 0, 0, 1, 50, 99, 100, 101, 400), 60),
  historyOf(recovery(), fc.constantFrom(0, 0, 1, 499, 500, 501, 999, 1000, 1001, 3000), 60),
);

function historyOf(
  own: fc.Arbitrary<OwnRequest>,
  passMs: fc.Arbitrary<number>,
  maxLength: number,
): fc.Arbitrary<FleetEvent[]> {
  return anyPolicy().chain((policy) => {
    const request = fc
      .tuple(anyLife(), own)
      .map(([life, each]): FleetRequest => ({ ...policy, life, ...each }));
    return fc.array(fc.record({ passMs, request }), { minLength: 5, maxLength });
  });
}

function anyPolicy(): fc.Arbitrary<FleetPolicy> {
  return fc.record({
    quorum: fc.integer({ min: 1, max: 3 }),
    threshold: fc.integer({ min: 2, max: 6 }),
    sharePercent: fc.constantFrom(1, 34, 50, 67, 100),
    windowMs: fc.constant(1000),
    openMs: fc.constantFrom([1000], [500, 1000, 3000]),
    longestMs: fc.constantFrom(700, 10_000),
    trials: fc.integer({ min: 1, max: 3 }),
    leaseMs: fc.constant(500),
  });
}

function anyLife(): fc.Arbitrary<number> {
  return fc.integer({ min: 1, max: 2 ** 31 });
}

function report(reporters: number, sequences: number): fc.Arbitrary<OwnRequest> {
  return fc.record({
    type: fc.constant("report" as const),
    reporter: fc.integer({ min: 1, max: reporters }),
    sequence: fc.integer({ min: 1, max: sequences }),
    run: fc.constantFrom(0, 0, 1, 1, 1, 2, 3),
    seen: fc.constantFrom(-1, -1, -1, -1, 0, 1, 2),
  });
}

/** Openings that end well, and then come again: how they add up. */
function recovery(): fc.Arbitrary<OwnRequest> {
  const token = fc.integer({ min: 1, max: 2 });
  const verdict = fc.constantFrom(
    "success" as const,
    "success" as const,
    "success" as const,
    "ignored" as const,
  );
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ ...reportOf(2), run: fc.constantFrom(3, 4, 6) }) },
    { weight: 4, arbitrary: fc.record({ type: fc.constant("lease" as const), token }) },
    {
      weight: 6,
      arbitrary: fc.record({
        type: fc.constant("settle" as const),
        token,
        generation: fc.integer({ min: 1, max: 4 }),
        verdict,
      }),
    },
  );
}

function reportOf(reporters: number) {
  return {
    type: fc.constant("report" as const),
    reporter: fc.integer({ min: 1, max: reporters }),
    sequence: fc.integer({ min: 1, max: 100 }),
    seen: fc.constant(-1),
  };
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
      }),
    },
    { weight: 4, arbitrary: fc.record({ type: fc.constant("lease" as const), token }) },
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
        fc.record({ type: fc.constantFrom("open" as const, "close" as const), isForced }),
        fc.record({ type: fc.constant("half-open" as const) }),
      ),
    },
  );
}
