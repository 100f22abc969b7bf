import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { callWindow, timeWindow } from "../../src/core/window.ts";
import { isCircuitOpenError } from "../../src/index.ts";
import {
  anyOf,
  consecutiveFailures,
  failureRate,
  hungCalls,
  opensWhen,
  shedExcess,
  slowCalls,
} from "../../src/options.ts";
import { DrivenCircuit } from "../peers/driven-circuit.ts";

describe("a window", () => {
  const anyHistory = fc.array(
    fc.record({ isHit: fc.boolean(), passMs: fc.constantFrom(0, 1, 50, 99, 100, 101, 999, 1000, 1e7) }),
    { maxLength: 60 },
  );

  test("of time counts the calls of that time, to a tenth of it, after any history", () => {
    const property = fc.property(anyHistory, (steps) => {
      const window = timeWindow(1000);
      const seen: Array<{ at: number; isHit: boolean }> = [];
      let now = 0;
      for (const { isHit, passMs } of steps) {
        now += passMs;
        window.add(isHit, now);
        seen.push({ at: now, isHit });
        const begins = (Math.floor(now / 100) - 9) * 100;
        const inside = seen.filter(({ at }) => at >= begins);
        const hits = inside.filter((each) => each.isHit).length;
        expect(window.counts(now)).toEqual({ calls: inside.length, hits });
      }
    });
    fc.assert(property, { numRuns: 500 });
  });

  test("of calls counts the last so many, after any history", () => {
    const property = fc.property(fc.integer({ min: 1, max: 20 }), anyHistory, (size, steps) => {
      const window = callWindow(size);
      const seen: boolean[] = [];
      for (const { isHit } of steps) {
        window.add(isHit, 0);
        seen.push(isHit);
        const inside = seen.slice(-size);
        expect(window.counts(0)).toEqual({ calls: inside.length, hits: inside.filter(Boolean).length });
      }
    });
    fc.assert(property, { numRuns: 500 });
  });

  test("right after a year of idleness a step takes no more than ten slices", () => {
    const window = timeWindow(1000);
    window.add(true, 0);
    // A loop over the slices that have passed would take half a minute here.
    expect(window.counts(365 * 24 * 3_600_000)).toEqual({ calls: 0, hits: 0 });
    expect(window.counts(1e15)).toEqual({ calls: 0, hits: 0 });
  });
});

describe("failureRate", () => {
  test("opens at its share, from minimumCalls on", async () => {
    const driven = new DrivenCircuit({
      opensOn: failureRate({ threshold: 0.5, window: "10s", minimumCalls: 6 }),
    });
    await driven.fail(5);
    expect(driven.state).toBe("closed");
    await driven.succeed(5);
    expect(driven.state).toBe("open");
  });

  test("below its share stays closed", async () => {
    const driven = new DrivenCircuit({ opensOn: failureRate({ threshold: 0.5, window: 20 }) });
    for (let i = 0; i < 50; i++) {
      await driven.fail();
      await driven.succeed(2);
    }
    expect(driven.state).toBe("closed");
  });

  test("over the last so many calls, however old", async () => {
    const driven = new DrivenCircuit({
      opensOn: failureRate({ threshold: 1, window: 3, minimumCalls: 3 }),
    });
    await driven.succeed();
    await driven.fail(2);
    driven.clock.advance("5h");
    expect(driven.state).toBe("closed");
    await driven.fail();
    expect(driven.state).toBe("open");
  });
});

describe("slowCalls", () => {
  test("opens by calls that take too long, whatever they answer", async () => {
    const driven = new DrivenCircuit({
      opensOn: slowCalls({ duration: "2s", threshold: 0.5, window: 10, minimumCalls: 4 }),
    });
    const slow = async (ms: number): Promise<void> => {
      const call = driven.start();
      driven.clock.advance(ms);
      await call.succeed();
    };
    await slow(2000);
    await slow(2000);
    await slow(2001);
    expect(driven.state).toBe("closed");
    await slow(2001);
    expect(driven.state).toBe("open");
  });

  test("quick failures are not slow", async () => {
    const driven = new DrivenCircuit({
      opensOn: slowCalls({ duration: "2s", threshold: 0.1, window: 10, minimumCalls: 1 }),
    });
    await driven.fail(20);
    expect(driven.state).toBe("closed");
  });
});

describe("hungCalls", () => {
  test("counts calls that still hang, long before their timeout", async () => {
    const driven = new DrivenCircuit({
      timeout: "30s",
      opensOn: hungCalls({ duration: "5s", threshold: 3 }),
    });
    const hung = [driven.start(), driven.start(), driven.start()];
    driven.clock.advance(5000);
    expect(driven.start().isRunning).toBe(true);
    driven.clock.advance(1);
    expect(driven.start().isRunning).toBe(false);
    expect(driven.state).toBe("open");
    for (const call of hung) await call.succeed();
    expect(driven.state).toBe("open");
  });

  test("calls that came back in time, or late but came back, hang no more", async () => {
    const driven = new DrivenCircuit({ opensOn: hungCalls({ duration: "5s", threshold: 2 }) });
    const calls = [driven.start(), driven.start(), driven.start()];
    await calls[0]!.succeed();
    driven.clock.advance("6s");
    await calls[1]!.succeed();
    expect(driven.start().isRunning).toBe(true);
    expect(driven.state).toBe("closed");
    expect(driven.circuit.snapshot().failures).toBe(1);
  });

  test("a call that is ignored hangs no more either", async () => {
    const driven = new DrivenCircuit({
      opensOn: hungCalls({ duration: "5s", threshold: 1 }),
      ignoreErrors: [RangeError],
    });
    const call = driven.start();
    driven.clock.advance("4s");
    await call.fail(new RangeError());
    driven.clock.advance("9s");
    expect(driven.start().isRunning).toBe(true);
  });
});

describe("opensWhen", () => {
  test("is asked with the counts of its window", async () => {
    const asked: object[] = [];
    const driven = new DrivenCircuit({
      opensOn: opensWhen(
        (counts) => {
          asked.push(counts);
          return counts.consecutiveFailures === 3 && counts.calls > 4;
        },
        { window: "1m" },
      ),
    });
    await driven.fail(2);
    await driven.succeed();
    await driven.fail(3);
    expect(driven.state).toBe("open");
    expect(asked.at(-1)).toEqual({ calls: 6, failures: 5, consecutiveFailures: 3 });
  });

  test("a rule that throws does not open, and breaks no call", async () => {
    const driven = new DrivenCircuit({ opensOn: opensWhen(() => JSON.parse("{") as boolean) });
    await driven.fail(20);
    expect(driven.state).toBe("closed");
  });
});

describe("anyOf", () => {
  const rules = () =>
    new DrivenCircuit({
      opensOn: anyOf(
        consecutiveFailures(5),
        failureRate({ threshold: 0.5, window: 20, minimumCalls: 12 }),
        hungCalls({ duration: "5s", threshold: 2 }),
      ),
    });

  test.each<[string, (driven: DrivenCircuit) => Promise<unknown>]>([
    ["the first", (driven) => driven.fail(5)],
    [
      "the second",
      async (driven) => {
        for (let i = 0; i < 4; i++) {
          await driven.fail(2);
          await driven.succeed();
        }
      },
    ],
    [
      "the third",
      async (driven) => {
        driven.start();
        driven.start();
        driven.clock.advance("6s");
        await driven.start().result.catch(() => {});
      },
    ],
  ])("opens by %s of its rules", async (_which, run) => {
    const driven = rules();
    await run(driven);
    expect(driven.state).toBe("open");
  });

  test("by none it stays closed", async () => {
    const driven = rules();
    for (let i = 0; i < 20; i++) {
      await driven.fail();
      await driven.succeed(2);
    }
    expect(driven.state).toBe("closed");
  });
});

describe("shedExcess", () => {
  const refusedOf = (driven: DrivenCircuit, calls: number): number =>
    Array.from({ length: calls }, () => driven.start()).filter(({ isRunning }) => !isRunning).length;

  test("sheds nothing while the upstream accepts ten of eleven", async () => {
    const driven = new DrivenCircuit({ opensOn: shedExcess() });
    for (let i = 0; i < 110; i++) {
      if (i % 11 === 10) await driven.fail();
      else await driven.succeed();
    }
    expect(refusedOf(driven, 20)).toBe(0);
    expect(driven.state).toBe("closed");
  });

  test("sheds nearly all when it accepts nothing, and never opens", async () => {
    const driven = new DrivenCircuit({ opensOn: shedExcess({ window: "1m" }) });
    for (let i = 0; i < 100; i++) await driven.fail();
    expect(refusedOf(driven, 200)).toBeGreaterThan(150);
    expect(driven.state).toBe("closed");
    const error: unknown = await Promise.any(
      Array.from({ length: 50 }, () =>
        driven.start().result.then(
          () => 0,
          (reason: unknown) => reason,
        ),
      ),
    );
    expect(isCircuitOpenError(error)).toBe(true);
    expect((error as { reason: string }).reason).toBe("shed");
  });

  test("admits more again as the upstream recovers", async () => {
    const driven = new DrivenCircuit({ opensOn: shedExcess({ window: "1m" }) });
    for (let i = 0; i < 100; i++) await driven.fail();
    driven.clock.advance("2m");
    expect(refusedOf(driven, 50)).toBe(0);
  });

  test("a smaller multiplier sheds earlier", async () => {
    const shed = async (multiplier: number): Promise<number> => {
      const driven = new DrivenCircuit({ opensOn: shedExcess({ multiplier }) });
      for (let i = 0; i < 100; i++) {
        await driven.succeed();
        if (i % 2 === 0) await driven.fail();
      }
      return refusedOf(driven, 400);
    };
    expect(await shed(1)).toBeGreaterThan(60);
    expect(await shed(2)).toBe(0);
  });
});

test.each<[string, () => unknown]>([
  ["failureRate.threshold", () => failureRate({ threshold: 0 })],
  ["failureRate.threshold", () => failureRate({ threshold: 1.1 })],
  ["failureRate.window", () => failureRate({ threshold: 0.5, window: "10 parsecs" as never })],
  ["failureRate.window", () => failureRate({ threshold: 0.5, window: 0 })],
  ["failureRate.minimumCalls", () => failureRate({ threshold: 0.5, minimumCalls: NaN })],
  ["slowCalls.duration", () => slowCalls({ threshold: 0.5 } as never)],
  ["slowCalls.threshold", () => slowCalls({ duration: "1s", threshold: -1 })],
  ["hungCalls.duration", () => hungCalls({} as never)],
  ["hungCalls.threshold", () => hungCalls({ duration: "1s", threshold: 0 })],
  ["opensWhen", () => opensWhen(undefined as never)],
  ["shedExcess.multiplier", () => shedExcess({ multiplier: 0.5 })],
  ["shedExcess.window", () => shedExcess({ window: "soon" as never })],
])("a bad %s is refused by name", (option, make) => {
  expect(make).toThrow(`"${option}"`);
});
