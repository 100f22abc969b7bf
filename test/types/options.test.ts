import { describe, expect, expectTypeOf, test } from "vitest";
import {
  type CircuitOptions,
  type Duration,
  type OpeningRule,
  createProtectedFetch,
  type PolicyOptions,
  protect,
  type ProtectedFetchOptions,
  withProtego,
} from "../../src/index.ts";
import {
  anyOf,
  consecutiveFailures,
  exponentialBackoff,
  failureRate,
  hungCalls,
  ramp,
} from "../../src/options.ts";

const work = async (): Promise<number> => 7;
const handler = (): Response => new Response();

describe("an option that does not exist is an error", () => {
  test("in each wrapper", () => {
    const unknown = /there is no option/;
    // @ts-expect-error: opossum's name for it
    expect(() => createProtectedFetch({ errorThresholdPercentage: 50 })).toThrow(unknown);
    // @ts-expect-error: misspelt
    expect(() => withProtego(handler, { failureTreshold: 3 })).toThrow(unknown);
    // @ts-expect-error: misspelt
    expect(() => protect(work, { name: "types options", resetTimout: "60s" })).toThrow(unknown);
    // @ts-expect-error: only a fetch has a body to watch
    protect(work, { name: "types options", watchBody: undefined });
    expectTypeOf<keyof PolicyOptions>().toEqualTypeOf<
      | "failureThreshold"
      | "resetTimeout"
      | "halfOpenRetries"
      | "opensOn"
      | "resetBackoff"
      | "maxRetryAfter"
      | "maxConcurrent"
      | "probe"
      | "ramp"
    >();
  });
});

describe("a value of the wrong type is an error, and throws too", () => {
  test.each<[string, () => unknown]>([
    // @ts-expect-error: a number
    ["failureThreshold", () => createProtectedFetch({ failureThreshold: "3" })],
    // @ts-expect-error: a number
    ["halfOpenRetries", () => createProtectedFetch({ halfOpenRetries: true })],
    // @ts-expect-error: an unknown unit
    ["resetTimeout", () => createProtectedFetch({ resetTimeout: "10 parsecs" })],
    // @ts-expect-error: true says nothing
    ["timeout", () => createProtectedFetch({ timeout: true })],
    // @ts-expect-error: a function
    ["isFailure", () => createProtectedFetch({ isFailure: [500] })],
    // @ts-expect-error: an array
    ["ignoreErrors", () => createProtectedFetch({ ignoreErrors: TypeError })],
    // @ts-expect-error: classes or predicates
    ["ignoreErrors[]", () => createProtectedFetch({ ignoreErrors: ["TypeError"] })],
    // @ts-expect-error: no such mode
    ["enabled", () => createProtectedFetch({ enabled: "observer" })],
    // @ts-expect-error: a function
    ["fetch", () => createProtectedFetch({ fetch: "fetch" })],
    // @ts-expect-error: a listener
    ["on", () => createProtectedFetch({ on: { open() {} } })],
    // @ts-expect-error: a clock has now()
    ["clock", () => createProtectedFetch({ clock: Date.now })],
    // @ts-expect-error: a rule, not its name
    ["opensOn", () => createProtectedFetch({ opensOn: "failureRate" })],
    // @ts-expect-error: several rules are given as anyOf(…)
    ["opensOn", () => createProtectedFetch({ opensOn: [consecutiveFailures(3)] })],
    // @ts-expect-error: exponentialBackoff(…)
    ["resetBackoff", () => createProtectedFetch({ resetBackoff: 2 })],
    // @ts-expect-error: ramp("30s")
    ["ramp", () => createProtectedFetch({ ramp: "30s" })],
    // @ts-expect-error: a number
    ["maxConcurrent", () => createProtectedFetch({ maxConcurrent: "20" })],
    // @ts-expect-error: a duration
    ["maxRetryAfter", () => createProtectedFetch({ maxRetryAfter: false })],
    // @ts-expect-error: a string or a function
    ["name", () => createProtectedFetch({ name: 7 })],
  ])("%s", (option, make) => {
    expect(make).toThrow(`option "${option}" must be`);
  });
});

test("every option may also be undefined, for options that are put together", () => {
  type Undefined = { [Key in keyof ProtectedFetchOptions]-?: undefined };
  expectTypeOf<Undefined>().toExtend<ProtectedFetchOptions>();
  expect(
    createProtectedFetch({ name: undefined, timeout: undefined, fallback: undefined, enabled: undefined }),
  ).toBeTypeOf("function");
});

test("durations are numbers or text with a known unit", () => {
  expectTypeOf<250 | "500ms" | "1.5s" | "30s" | "5m" | "1h">().toExtend<Duration>();
  expectTypeOf<"30">().not.toExtend<Duration>();
  expectTypeOf<"2d">().not.toExtend<Duration>();
  expectTypeOf<bigint>().not.toExtend<Duration>();
});

test("classes that cannot be constructed publicly may be ignored, too", () => {
  abstract class Declined extends Error {}
  class Coded extends Error {
    readonly code: number;
    constructor(code: number, options: ErrorOptions) {
      super(String(code), options);
      this.code = code;
    }
  }
  createProtectedFetch({ ignoreErrors: [Declined, Coded, DOMException, (error) => error === null] });
  expectTypeOf<NonNullable<ProtectedFetchOptions["ignoreErrors"]>>().toExtend<readonly unknown[]>();
});

test("rules, backoff and ramp fit their options and no others", () => {
  createProtectedFetch({
    opensOn: anyOf(
      consecutiveFailures(5),
      failureRate({ threshold: 0.5, window: "10s", minimumCalls: 20 }),
      hungCalls({ duration: "5s" }),
    ),
    resetBackoff: exponentialBackoff({ factor: 2, max: "5m" }),
    ramp: ramp("30s"),
  });
  expectTypeOf(consecutiveFailures).returns.toExtend<OpeningRule>();
  // @ts-expect-error: a ramp opens nothing
  expect(() => createProtectedFetch({ opensOn: ramp("30s") })).toThrow('option "opensOn.begin"');
});

test("a circuit takes options of its own and none of a call's", () => {
  expectTypeOf<"clock" | "on" | "initial" | "quiet" | "store" | keyof PolicyOptions>().toEqualTypeOf<
    keyof CircuitOptions
  >();
  expectTypeOf<CircuitOptions>().not.toHaveProperty("timeout");
});
