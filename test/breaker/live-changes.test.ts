import { beforeEach, describe, expect, test } from "vitest";
import { liveBreaker } from "../../src/breaker/registry.ts";
import { circuits, protect } from "../../src/index.ts";
import {
  anyOf,
  consecutiveFailures,
  exponentialBackoff,
  failureRate,
  hungCalls,
  opensWhen,
  restoreFrom,
  slowCalls,
} from "../../src/options.ts";
import { resetCircuits, testClock } from "../../src/testing.ts";

beforeEach(resetCircuits);

describe("errors that do not count, told to the live circuit", () => {
  class Declined extends Error {}
  const pay = (error: Error) =>
    protect(() => Promise.reject(error), { name: "payments", failureThreshold: 1 })().catch(() => {});

  test("count no more from then on, and again when they are taken away", async () => {
    const circuit = circuits.register("payments");
    const end = circuit.ignoreErrors(Declined, (error) => (error as Error).message === "quota");
    await pay(new Declined());
    await pay(new Error("quota"));
    expect(circuit.snapshot()).toMatchObject({ state: "closed", totals: { ignored: 2, failed: 0 } });
    await pay(new Error("down"));
    expect(circuit.state).toBe("open");
    circuit.close();
    end();
    await pay(new Declined());
    expect(circuit.state).toBe("open");
  });

  test("of two who tell of the same class each takes away his own", async () => {
    const circuit = circuits.register("payments");
    const one = circuit.ignoreErrors(Declined);
    const other = circuit.ignoreErrors(Declined);
    one();
    await pay(new Declined());
    expect(circuit.state).toBe("closed");
    other();
    await pay(new Declined());
    expect(circuit.state).toBe("open");
  });

  test("told again at every request they are kept once, and one who ends twice ends no other's", async () => {
    const circuit = circuits.register("payments");
    const ends = Array.from({ length: 1000 }, () => circuit.ignoreErrors(Declined));
    expect(liveBreaker("payments")!.ignored.size).toBe(1);
    for (let again = 0; again < 2; again++) for (const end of ends.slice(1)) end();
    await pay(new Declined());
    expect(circuit.state).toBe("closed");
    ends[0]!();
    expect(liveBreaker("payments")!.ignored.size).toBe(0);
  });

  test("are classes or predicates", () => {
    const circuit = circuits.register("payments");
    expect(() => circuit.ignoreErrors("Declined" as never)).toThrow(/"ignoreErrors\[\]" must be a function/);
  });
});

test("hung calls open a circuit although they have taken every place", async () => {
  const clock = testClock();
  const call = protect(() => new Promise(() => {}), {
    name: "hanging",
    clock,
    maxConcurrent: 20,
    opensOn: hungCalls({ duration: "5s" }),
  });
  const refusals: string[] = [];
  for (let i = 0; i < 100; i++) {
    void call().catch((error: { reason: string }) => refusals.push(error.reason));
    clock.advance(100);
  }
  await Promise.resolve().then(() => {});
  expect(circuits.get("hanging")!.state).toBe("open");
  expect(refusals.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => "full"));
  expect(refusals.at(-1)).toBe("open");
});

describe("a circuit that is restored", () => {
  const rules = {
    "failures in a row": () => consecutiveFailures(5),
    "a share": () => failureRate({ threshold: 0.9, window: "1m" }),
    "a share of so many calls": () => failureRate({ threshold: 0.9, window: 50 }),
    "slow calls": () => slowCalls({ duration: "1s", threshold: 0.9 }),
    "a rule of one's own": () => opensWhen(({ consecutiveFailures: inARow }) => inARow > 4),
    "any of several": () => anyOf(consecutiveFailures(5), failureRate({ threshold: 0.9, window: 50 })),
  };
  test.each(Object.entries(rules))("goes on with what its rule had counted: %s", async (_what, rule) => {
    let fails = false;
    const clock = testClock();
    const call = (options: object = {}) =>
      protect(() => (fails ? Promise.reject(new Error("down")) : Promise.resolve(clock.advance(2000))), {
        name: "restored",
        clock,
        opensOn: rule(),
        ...options,
      })().catch(() => {});
    await call();
    await call();
    fails = true;
    await call();
    await call();
    const saved = JSON.parse(JSON.stringify(circuits.snapshot()));
    const { figures } = circuits.get("restored")!.snapshot();
    resetCircuits();
    const initial = restoreFrom(saved);
    circuits.register("restored", { initial, clock, opensOn: rule() });
    expect(circuits.get("restored")!.snapshot().figures).toEqual(figures);
  });

  test("counts nothing for another rule, nor for a window that has passed", () => {
    const seen = {
      name: "restored",
      state: "closed",
      at: 0,
      figures: { rule: "failureRate(10000ms)", failures: 9, calls: 10 },
    };
    const initial = restoreFrom([seen] as never);
    for (const opensOn of [failureRate({ threshold: 1 }), consecutiveFailures(3)]) {
      resetCircuits();
      expect(circuits.register("restored", { initial, opensOn }).snapshot().failures).toBe(0);
    }
  });

  test("has its openings in a row, so that a back-off goes on", async () => {
    const clock = testClock();
    const options = {
      name: "restored",
      clock,
      failureThreshold: 1,
      resetTimeout: 1000,
      resetBackoff: exponentialBackoff({ jitter: 0 }),
    };
    const fail = (more: object = {}) =>
      protect(() => Promise.reject(new Error("down")), { ...options, ...more })().catch(() => {});
    for (let opening = 0; opening < 3; opening++) {
      await fail();
      clock.advance("10s");
    }
    expect(circuits.get("restored")!.snapshot().openings).toBe(3);
    const saved = JSON.parse(JSON.stringify(circuits.snapshot()));
    resetCircuits();
    await fail({ initial: restoreFrom(saved) });
    clock.advance("10s");
    await fail();
    expect(circuits.get("restored")!.snapshot().openings).toBeGreaterThanOrEqual(4);
  });

  test("that was held closed is held closed", () => {
    circuits.register("restored").close({ forced: true });
    const saved = circuits.snapshot();
    resetCircuits();
    const circuit = circuits.register("restored", { initial: restoreFrom(saved) });
    expect(circuit.snapshot()).toMatchObject({ state: "closed", forced: true });
  });
});
