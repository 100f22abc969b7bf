import { describe, expect, test } from "vitest";
import { exponentialBackoff, ramp } from "../../src/options.ts";
import { DrivenCircuit } from "./driven-circuit.ts";

describe("half-open lets few through", () => {
  test("of many callers in the moment that the wait ends, as many as there are trials get through", async () => {
    const driven = new DrivenCircuit();
    await driven.becomeDue();
    const calls = Array.from({ length: 100 }, () => driven.start());
    expect(calls.filter(({ isRunning }) => isRunning)).toHaveLength(2);
  });

  test("a hanging upstream is never met by more than the trials, however long it hangs", async () => {
    const driven = new DrivenCircuit({ timeout: "10s" });
    await driven.becomeDue();
    let most = 0;
    for (let second = 0; second < 10; second++) {
      for (let i = 0; i < 50; i++) driven.start();
      most = Math.max(most, driven.running);
      driven.clock.advance("1s");
    }
    expect(most).toBe(2);
  });

  test("after closing, a ramp admits a growing share instead of all at once", async () => {
    const driven = new DrivenCircuit({ ramp: ramp("100s") });
    await driven.becomeDue();
    await driven.succeed(2);
    expect(driven.state).toBe("closed");
    const admitted = (): number =>
      Array.from({ length: 400 }, () => driven.start()).filter(({ isRunning }) => isRunning).length;
    const early = admitted();
    driven.clock.advance("50s");
    const later = admitted();
    driven.clock.advance("50s");
    expect(early).toBeLessThan(120);
    expect(later).toBeGreaterThan(early);
    expect(later).toBeLessThan(320);
    expect(admitted()).toBe(400);
  });

  test("jitter spreads the trials of a fleet", () => {
    const backoff = exponentialBackoff({ jitter: 0.2 });
    const waits = [0, 0.25, 0.5, 0.75, 1].map((chance) => backoff(60_000, 1, chance));
    expect(new Set(waits).size).toBe(5);
    expect(Math.min(...waits)).toBe(48_000);
    expect(Math.max(...waits)).toBe(72_000);
  });

  test("a late end frees no place that the new half-open period never gave", async () => {
    const driven = new DrivenCircuit({ halfOpenRetries: 1, timeout: "10s" });
    await driven.becomeDue();
    const first = driven.start();
    driven.clock.advance("11s");
    const second = driven.start();
    expect(second.isRunning).toBe(true);
    await first.succeed();
    expect(driven.state).toBe("half-open");
    expect(driven.start().isRunning).toBe(false);
    await second.fail();
    expect(driven.state).toBe("open");
  });
});
