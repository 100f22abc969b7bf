import { describe, expect, test } from "vitest";
import { adopt } from "../../src/core/adopt.ts";
import { durationMs } from "../../src/core/duration.ts";
import { admit, changesNothing, closed, halfOpened, look, opened, settle } from "../../src/core/machine.ts";
import type { Permit } from "../../src/core/phase.ts";
import { isRefusal, type Refusal } from "../../src/core/refusal.ts";
import { resolvePolicy } from "../../src/core/policy.ts";
import type { PolicyOptions } from "../../src/core/policy-options.ts";
import { anyOf, consecutiveFailures, exponentialBackoff, hungCalls, ramp } from "../../src/options.ts";

const policyOf = (options: PolicyOptions = {}): ReturnType<typeof resolvePolicy> =>
  resolvePolicy(options, 10_000);
const policy = policyOf();

describe("a look that changes nothing gives back the same phase", () => {
  test.each([
    ["closed, the clock stepped back", closed(0, policy, 100), 50],
    ["open, at the very moment", opened(0, policy, 100), 100],
    ["half-open, its trials within their leases", admit(halfOpened(0), policy, 100).phase, 200],
  ])("%s", (_what, phase, now) => {
    expect(look(phase, policy, now)).toBe(phase);
  });

  test("a clock that stepped back does not prolong an opening", () => {
    expect(look(opened(0, policy, 1000), policy, 400)).toMatchObject({ since: 400, until: 60_400 });
  });
});

describe("settling", () => {
  test("a success that moves no tally gives back the same phase", () => {
    const phase = closed(0, policy, 0);
    expect(settle(phase, phase, "success", policy, 1)).toBe(phase);
    const failing = settle(phase, phase, "failure", policy, 1) as typeof phase;
    expect(failing).not.toBe(phase);
    expect(settle(failing, failing, "success", policy, 2)).toMatchObject({ tally: 0 });
  });

  test("changes nothing only for a success where no failure is to be forgotten", () => {
    const phase = closed(0, policy, 0);
    const failing = settle(phase, phase, "failure", policy, 1) as typeof phase;
    expect(changesNothing(phase, phase, "success", policy)).toBe(true);
    expect(changesNothing(phase, phase, "failure", policy)).toBe(false);
    expect(changesNothing(phase, phase, "ignored", policy)).toBe(false);
    expect(changesNothing(failing, failing, "success", policy)).toBe(false);
    const watching = policyOf({ opensOn: hungCalls({ duration: "1s" }) });
    const watched = closed(0, watching, 0);
    expect(changesNothing(watched, watched, "success", watching)).toBe(false);
  });
});

describe("openings in a row", () => {
  const backedOff = policyOf({
    failureThreshold: 1,
    resetTimeout: 1000,
    resetBackoff: exponentialBackoff({ factor: 2, jitter: 0 }),
  });
  const tripsAfter = (closedMs: number): number => {
    const phase = closed(5, backedOff, 0, 2);
    return settle(phase, phase, "failure", backedOff, closedMs).trips;
  };

  test("add up until the circuit was closed for longer than it had last been open", () => {
    expect([tripsAfter(1999), tripsAfter(2000), tripsAfter(2001)]).toEqual([3, 3, 1]);
  });

  test("an opening before a call is made throws its dice too", () => {
    const dice: number[] = [];
    const watching = policyOf({
      opensOn: hungCalls({ duration: 10, threshold: 1 }),
      resetBackoff: (ms, _trips, random) => (dice.push(random), ms),
    });
    const { phase } = admit(closed(0, watching, 0), watching, 0, 0.25);
    dice.length = 0;
    expect(admit(phase, watching, 11, 0.25).phase.state).toBe("open");
    expect(dice).toContain(0.25);
  });
});

describe("a circuit whose calls are watched", () => {
  const watching = policyOf({ opensOn: hungCalls({ duration: 10, threshold: 1 }) });

  test("closed for good counts, and neither opens nor sheds", () => {
    const forced = { ...closed(0, watching, 0, 1), heldUntil: Infinity } as const;
    admit(forced, watching, 0);
    expect(admit(forced, watching, 1000).decision).toMatchObject({ generation: 0 });
    const ramping = policyOf({ ramp: ramp("10s") });
    expect(
      admit({ ...closed(0, ramping, 0, 1), heldUntil: Infinity }, ramping, 0, 0.99).decision,
    ).toMatchObject({ generation: 0 });
  });

  test("needs no ramp after it has recovered", () => {
    expect(admit(closed(3, watching, 0, 1), watching, 0, 0.99).decision).toMatchObject({ generation: 3 });
  });

  test("ramps up from a tenth, from the moment it closed", () => {
    const ramping = policyOf({ ramp: ramp("10s") });
    const phase = closed(3, ramping, 0, 1);
    const isAdmitted = (now: number, random: number): boolean =>
      !isRefusal(admit(phase, ramping, now, random).decision);
    expect([isAdmitted(0, 0.09), isAdmitted(0, 0.1)]).toEqual([true, false]);
    expect([isAdmitted(5000, 0.54), isAdmitted(5000, 0.56)]).toEqual([true, false]);
    expect(isAdmitted(10_000, 0.999)).toBe(true);
    expect(admit(closed(0, ramping, 0, 0), ramping, 0, 0.99).decision).toMatchObject({ generation: 0 });
  });
});

describe("a change of policy", () => {
  test("keeps a tally that the new rule can go on with, and starts anew where it cannot", () => {
    const two = { ...closed(1, policy, 0), tally: 2 };
    expect(adopt(two, policy, policyOf({ failureThreshold: 9 }), 5)).toBe(two);
    const several = policyOf({ opensOn: anyOf(consecutiveFailures(3)) });
    expect(adopt(two, policy, several, 5)).toEqual({ ...two, tally: [0] });
  });

  test("gives an opening its new length from when it began, unless it is for good or nothing changed", () => {
    const open = opened(1, policy, 100);
    const shorter = policyOf({ resetTimeout: "5s" });
    expect(adopt(open, policy, shorter, 200)).toEqual({ ...open, until: 5100 });
    expect(adopt(open, policy, policyOf({ failureThreshold: 9 }), 200)).toBe(open);
    const forGood = { ...open, until: Infinity };
    expect(adopt(forGood, policy, shorter, 200)).toBe(forGood);
    const half = halfOpened(2);
    expect(adopt(half, policy, shorter, 200)).toBe(half);
  });
});

describe("a policy", () => {
  test("tells the options in force: the defaults, and of the others those that were given", () => {
    const defaults = {
      failureThreshold: 3,
      resetTimeout: 60_000,
      halfOpenRetries: 2,
      maxRetryAfter: 600_000,
    };
    expect(Object.entries(policy.options)).toEqual(Object.entries(defaults));
    const given = {
      maxConcurrent: 5,
      opensOn: consecutiveFailures(7),
      resetBackoff: exponentialBackoff(),
      ramp: ramp("1s"),
      probe: { decide: (_: object, decision: Permit | Refusal) => decision },
    };
    expect(policyOf(given).options).toEqual({ ...defaults, ...given });
  });

  test.each([
    [10_000, 60_000, 11_000],
    [Infinity, 60_000, 60_000],
    [Infinity, 10, 1000],
  ])(
    "a timeout of %d ms and a reset timeout of %d ms make a lease of %d ms",
    (timeout, resetTimeout, lease) => {
      expect(resolvePolicy({ resetTimeout }, timeout).trialLeaseMs).toBe(lease);
    },
  );
});

test.each<[unknown, number | undefined]>([
  [0, 0],
  [1.5, 1.5],
  ["1.25s", 1250],
  ["0.5m", 30_000],
  ["2h", 7_200_000],
  ["10ms", 10],
  ["5s ", undefined],
  ["5sec", undefined],
  ["1.s", undefined],
  ["-5s", undefined],
  [["5s"], undefined],
  [{ toString: () => "5s" }, undefined],
  [-1, undefined],
  [NaN, undefined],
  [null, undefined],
])("%j is %s ms", (value, ms) => {
  expect(durationMs(value)).toBe(ms);
});

test("a back-off may stand still and may not run away", () => {
  expect(exponentialBackoff({ factor: 1, jitter: 0 })(1000, 9, 0.5)).toBe(1000);
  for (const factor of [0.99, Infinity, NaN]) {
    expect(() => exponentialBackoff({ factor })).toThrow(
      '"resetBackoff.factor" must be a number of at least 1',
    );
  }
});
