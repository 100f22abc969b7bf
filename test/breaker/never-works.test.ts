import { describe, expect, test } from "vitest";
import { circuits, createProtectedFetch, protect, withProtego } from "../../src/index.ts";
import { protectAction } from "../../src/next.ts";
import {
  anyOf,
  consecutiveFailures,
  exponentialBackoff,
  failureRate,
  hungCalls,
  opensWhen,
  ramp,
  shedExcess,
  slowCalls,
} from "../../src/options.ts";

const work = () => Promise.resolve(new Response());
const said = (make: () => unknown): string => {
  try {
    make();
    return "nothing";
  } catch (error) {
    expect(error instanceof TypeError || error instanceof RangeError).toBe(true);
    return (error as Error).message;
  }
};

describe("an option that does not exist is refused, with the nearest that does", () => {
  test.each([
    ["failureTreshold", "failureThreshold"],
    ["failurethreshold", "failureThreshold"],
    ["timeOut", "timeout"],
    ["tmeout", "timeout"],
    ["halfOpenRetry", "halfOpenRetries"],
    ["resetTimeOut", "resetTimeout"],
    ["opens_on", "opensOn"],
    ["onn", "on"],
    ["isFailur", "isFailure"],
    ["fetcher", "fetch"],
    ["ignoreError", "ignoreErrors"],
  ])("%s: %s", (wrong, right) => {
    for (const make of [
      () => createProtectedFetch({ [wrong]: 3 }),
      () => withProtego(work, { [wrong]: 3 }),
      () => protect(work, { name: "x", [wrong]: 3 }),
      () => protectAction(work, { name: "x", [wrong]: 3 } as never),
    ]) {
      expect(said(make)).toBe(
        `next-protego [bad-option] there is no option "${wrong}"; did you mean "${right}"?`,
      );
    }
  });

  test.each(["retries", "volumeThreshold", "x", ""])("%j is near to none", (wrong) => {
    expect(said(() => createProtectedFetch({ [wrong]: 3 }))).toBe(
      `next-protego [bad-option] there is no option "${wrong}"`,
    );
  });

  test("one that is not there, but undefined, is no option", () => {
    expect(() => createProtectedFetch({ wrong: undefined } as never)).toThrow(/there is no option "wrong"/);
    expect(() => createProtectedFetch({ timeout: undefined })).not.toThrow();
  });

  test.each<[string, () => unknown]>([
    ["failureRate", () => failureRate({ threshold: 0.5, minimumCall: 5 } as never)],
    ["slowCalls", () => slowCalls({ threshold: 0.5, duration: "1s", windows: 5 } as never)],
    ["hungCalls", () => hungCalls({ duration: "1s", treshold: 5 } as never)],
    ["shedExcess", () => shedExcess({ multipler: 5 } as never)],
    ["opensWhen", () => opensWhen(() => true, { windows: 5 } as never)],
    ["exponentialBackoff", () => exponentialBackoff({ maximum: 5 } as never)],
  ])("nor does %s take what it does not know", (_what, make) => {
    expect(said(make)).toMatch(/^next-protego \[bad-option\] there is no option ".*"/);
  });

  test("register and configure take the circuit's options, and name the wrapper's as such", () => {
    const circuit = circuits.register("of the circuit");
    for (const option of ["timeout", "isFailure", "enabled", "fallback", "ignoreErrors"]) {
      expect(said(() => circuits.register("x", { [option]: 1 }))).toBe(
        `next-protego [bad-option] "${option}" is an option of the wrapper, not of the circuit`,
      );
      expect(said(() => circuit.configure({ [option]: 1 }))).toMatch(
        `next-protego [bad-option] "${option}" is an option of the wrapper, not of the circuit`,
      );
    }
    for (const option of ["store", "clock", "initial", "on", "quiet"]) {
      expect(said(() => circuit.configure({ [option]: 1 }))).toMatch(
        `next-protego [bad-option] "${option}" cannot be changed by configure`,
      );
    }
    expect(said(() => circuit.configure({ failureTreshold: 1 } as never))).toMatch(/did you mean/);
    expect(circuits.get("x")).toBeUndefined();
  });
});

describe("what can never work is refused", () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      "a minimum of calls that the window never holds",
      () => failureRate({ threshold: 0.5, window: 5 }),
      /"failureRate.minimumCalls" must be no more than the window's 5 calls.*got 10$/,
    ],
    [
      "the same of slow calls",
      () => slowCalls({ duration: "1s", threshold: 0.5, window: 9 }),
      /"slowCalls.minimumCalls"/,
    ],
    [
      "a window of no time",
      () => failureRate({ threshold: 0.5, window: "0s" }),
      /"failureRate.window" must be more than no time; got "0s"$/,
    ],
    ["a window of no time to shed in", () => shedExcess({ window: "0ms" }), /"shedExcess.window"/],
    ["a window of no time of one's own", () => opensWhen(() => true, { window: "0h" }), /"opensWhen.window"/],
    [
      "a window over the bound",
      () => failureRate({ threshold: 0.5, window: 20_000, minimumCalls: 15_000 }),
      /"failureRate.window" must be no more than 10000 calls, or a time; got 20000$/,
    ],
    [
      "calls that are slow from the start",
      () => slowCalls({ duration: 0, threshold: 1 }),
      /"slowCalls.duration"/,
    ],
    ["calls that hang from the start", () => hungCalls({ duration: "0s" }), /"hungCalls.duration"/],
    ["a ramp that is none", () => ramp(0), /"ramp"/],
    ["any of none", () => anyOf(), /"anyOf" must be/],
    ["no failures in a row", () => consecutiveFailures(0), /"consecutiveFailures" must be/],
    ["many failures in a row", () => consecutiveFailures("many" as never), /"consecutiveFailures" must be/],
    [
      "an opening that refuses nothing",
      () => createProtectedFetch({ resetTimeout: 0 }),
      /"resetTimeout" must be/,
    ],
    [
      "stale answers that are a word",
      () => createProtectedFetch({ stale: true as never }),
      /"stale" must be staleIfError/,
    ],
    ["stale answers that are none", () => createProtectedFetch({ stale: {} as never }), /"stale" must be/],
    [
      "a fallback that is no Response",
      () => createProtectedFetch({ fallback: { items: [] } as never }),
      /"fallback" must be a Response, or a function that makes one/,
    ],
    [
      "a fallback of a route that is none",
      () => withProtego(work, { fallback: "sorry" as never }),
      /"fallback" must be/,
    ],
    ["no name", () => createProtectedFetch({ name: "" }), /"name" must be/],
    [
      "a listener that is none",
      () => protect(work, { name: "x", on: "log" as never }),
      /"on" must be a function/,
    ],
  ])("%s", (_what, make, words) => {
    expect(said(make)).toMatch(words);
  });

  test.each<[string, () => unknown]>([
    ["a Response as fallback", () => createProtectedFetch({ fallback: Response.json({}) })],
    ["any value as fallback of a function", () => protect(work, { name: "x", fallback: [] as never })],
    ["as many calls as the window holds", () => failureRate({ threshold: 1, window: 5, minimumCalls: 5 })],
    ["the longest window", () => failureRate({ threshold: 1, window: 10_000 })],
    ["a Retry-After that is passed over", () => createProtectedFetch({ maxRetryAfter: 0 })],
  ])("but not %s", (_what, make) => {
    expect(make).not.toThrow();
  });
});

describe("looking and steering with the wrong thing say what they expected", () => {
  const circuit = () => circuits.register("steered wrongly");
  test.each<[string, () => unknown, RegExp]>([
    [
      "get without a name",
      () => circuits.get(undefined as never),
      /"name" must be a string that is not empty; got undefined$/,
    ],
    ["get of a number", () => circuits.get(5 as never), /"name" must be a string that is not empty; got 5$/],
    ["register without a name", () => circuits.register("" as never), /"name" must be a string.*; got ""$/],
    [
      "register with no options",
      () => circuits.register("x", null as never),
      /"options" must be an object; got null$/,
    ],
    ["open(null)", () => circuit().open(null as never), /"options" must be an object; got null$/],
    ["close(5)", () => circuit().close(5 as never), /"options" must be an object; got 5$/],
    [
      "configure()",
      () => circuit().configure(undefined as never),
      /"options" must be an object; got undefined$/,
    ],
    ["subscribe(5)", () => circuit().subscribe(5 as never), /"listener" must be a function; got 5$/],
    [
      "subscribe to all",
      () => circuits.subscribe({} as never),
      /"listener" must be a function; got a value of type object$/,
    ],
    [
      "a number as text",
      () => circuit().configure({ failureThreshold: "3" as never }),
      /"failureThreshold" must be .*; got "3"$/,
    ],
  ])("%s", (_what, act, words) => {
    expect(said(act)).toMatch(words);
    expect(circuits.get("x")).toBeUndefined();
  });
});
