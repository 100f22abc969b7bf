import { describe, expect, test } from "vitest";
import { isCircuitOpenError } from "../../src/index.ts";
import { anyOf, consecutiveFailures, exponentialBackoff, failureRate } from "../../src/options.ts";
import { DrivenCircuit } from "./driven-circuit.ts";

const half = (window: "5s" | "10s" | number, minimumCalls: number) =>
  new DrivenCircuit({ opensOn: failureRate({ threshold: 0.5, window, minimumCalls }) });

describe("what is counted, and for how long", () => {
  test("failures of an hour ago do not count in a window of seconds", async () => {
    const driven = half("5s", 5);
    await driven.fail(4);
    driven.clock.advance("1h");
    await driven.fail();
    expect(driven.state).toBe("closed");
    await driven.fail(4);
    expect(driven.state).toBe("open");
  });

  test("a success can complete the sample that opens", async () => {
    const driven = half("10s", 3);
    await driven.fail(2);
    expect(driven.state).toBe("closed");
    await driven.succeed();
    expect(driven.state).toBe("open");
  });

  test("calls under way and refused ones do not thin out the share", async () => {
    const driven = new DrivenCircuit({
      opensOn: failureRate({ threshold: 0.5, window: "10s", minimumCalls: 10 }),
      maxConcurrent: 25,
    });
    for (let i = 0; i < 20; i++) driven.start();
    for (let i = 0; i < 10; i++) await driven.fail();
    expect(driven.state).toBe("open");
  });

  test("calls refused because too many run are no failures", async () => {
    const driven = new DrivenCircuit({ maxConcurrent: 1 });
    driven.start();
    for (let i = 0; i < 20; i++) {
      const error: unknown = await driven.start().result.catch((reason: unknown) => reason);
      expect(isCircuitOpenError(error)).toBe(true);
    }
    expect(driven.state).toBe("closed");
    expect(driven.circuit.snapshot().totals).toMatchObject({ failed: 0, refused: 20 });
  });

  test("the very first failure does not open by a share of one in one", async () => {
    const driven = new DrivenCircuit({ opensOn: failureRate({ threshold: 0.5, window: "10s" }) });
    await driven.fail();
    expect(driven.state).toBe("closed");
  });

  test("the defaults are of a size that works: 3 failures, 60 seconds, 2 trials", async () => {
    const driven = new DrivenCircuit({
      failureThreshold: undefined,
      resetTimeout: undefined,
      halfOpenRetries: undefined,
    });
    await driven.fail(3);
    expect(driven.circuit.snapshot().options).toMatchObject({
      failureThreshold: 3,
      resetTimeout: 60_000,
      halfOpenRetries: 2,
    });
    driven.clock.advance(59_999);
    expect(driven.state).toBe("open");
    driven.clock.advance(1);
    expect(driven.state).toBe("half-open");
  });

  test("the share is of the calls, not of the number of calls that is asked for", async () => {
    const driven = half("10s", 10);
    await driven.succeed(30);
    await driven.fail(6);
    expect(driven.state).toBe("closed");
  });

  test("after recovery the old failures are forgotten", async () => {
    const driven = new DrivenCircuit({
      opensOn: failureRate({ threshold: 0.5, window: 100, minimumCalls: 10 }),
    });
    await driven.fail(10);
    driven.clock.advance("60s");
    await driven.succeed(2);
    await driven.fail();
    expect(driven.state).toBe("closed");
  });

  test("a long healthy life does not hide an outage", async () => {
    const driven = half("10s", 10);
    for (let i = 0; i < 2000; i++) await driven.succeed();
    driven.clock.advance("20s");
    await driven.fail(10);
    expect(driven.state).toBe("open");
  });

  test("nine failures in ten open, with a share beside the row", async () => {
    const driven = new DrivenCircuit({
      failureThreshold: 20,
      opensOn: anyOf(
        consecutiveFailures(20),
        failureRate({ threshold: 0.5, window: "60s", minimumCalls: 20 }),
      ),
    });
    for (let i = 0; i < 3; i++) {
      await driven.fail(9);
      await driven.succeed();
    }
    expect(driven.state).toBe("open");
  });

  test("after a leap in time no slice of the window is left over", async () => {
    const driven = half("10s", 5);
    for (const leap of ["10s", "11s", "59s", "1h"] as const) {
      await driven.fail(4);
      driven.clock.advance(leap);
      expect(driven.circuit.snapshot().failures).toBe(0);
    }
    expect(driven.state).toBe("closed");
  });

  test("a trial that fails takes the back-off a step further", async () => {
    const driven = new DrivenCircuit({
      resetBackoff: exponentialBackoff({ factor: 3, jitter: 0, max: "1h" }),
    });
    await driven.fail(3);
    const waits = [driven.circuit.snapshot().retryAfter];
    for (let i = 0; i < 3; i++) {
      driven.clock.advance(waits.at(-1)!);
      await driven.fail();
      waits.push(driven.circuit.snapshot().retryAfter);
    }
    expect(waits).toEqual([60_000, 180_000, 540_000, 1_620_000]);
  });

  test("where trials pass and calls fail, openings still get longer", async () => {
    const driven = new DrivenCircuit({
      resetBackoff: exponentialBackoff({ factor: 2, jitter: 0, max: "1h" }),
    });
    const waits: number[] = [];
    for (let i = 0; i < 3; i++) {
      await driven.fail(3);
      waits.push(driven.circuit.snapshot().retryAfter);
      driven.clock.advance(waits.at(-1)!);
      await driven.succeed(2);
    }
    expect(waits).toEqual([60_000, 120_000, 240_000]);
  });

  test("of failures only the last is kept", async () => {
    const driven = new DrivenCircuit({ failureThreshold: 1e6 });
    for (let i = 0; i < 50; i++) await driven.fail(1, new Error(`failure ${i}`));
    driven.circuit.open();
    const error = (await driven.start().result.catch((reason: unknown) => reason)) as Error;
    expect(error.cause).toMatchObject({ message: "failure 49" });
    expect((error.cause as Error).cause).toBeUndefined();
  });
});
