import { describe, expect, test } from "vitest";
import { exponentialBackoff } from "../../src/options.ts";
import { DrivenCircuit } from "./driven-circuit.ts";

describe("how long a circuit waits", () => {
  test("circuits that open by the same failures do not all come due at the same time", async () => {
    const waits = new Set<number>();
    for (let i = 0; i < 8; i++) {
      const driven = new DrivenCircuit({ resetBackoff: exponentialBackoff({ jitter: 0.2 }) });
      await driven.fail(3);
      waits.add(driven.circuit.snapshot().retryAfter);
    }
    expect(waits.size).toBeGreaterThan(4);
  });

  test("the wait begins when the circuit opens, also where durations are taken", async () => {
    // Only a circuit that somebody listens to, or a rule that asks for it, takes the time of calls.
    const driven = new DrivenCircuit({ failureThreshold: 1, on: () => {} });
    const slow = driven.start();
    driven.clock.advance("59s");
    await slow.fail();
    expect(driven.circuit.snapshot().retryAfter).toBe(60_000);
  });

  test("a trial that ends within its timeout counts, though others asked for its place", async () => {
    const driven = new DrivenCircuit({ timeout: "10s", halfOpenRetries: 1 });
    await driven.becomeDue();
    const trial = driven.start();
    driven.clock.advance(9999);
    expect(driven.start().isRunning).toBe(false);
    await trial.succeed();
    expect(driven.state).toBe("closed");
  });
});
