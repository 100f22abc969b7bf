import { describe, expect, test } from "vitest";
import { exponentialBackoff } from "../../src/options.ts";
import { DrivenCircuit } from "./driven-circuit.ts";

describe("a result counts only for the phase that admitted its call", () => {
  test("a success of a call from before the opening does not close a half-open circuit", async () => {
    const driven = new DrivenCircuit({ halfOpenRetries: 1 });
    const slow = driven.start();
    await driven.becomeDue();
    const trial = driven.start();
    await slow.succeed();
    expect(driven.state).toBe("half-open");
    await trial.succeed();
    expect(driven.state).toBe("closed");
  });

  test("nor an open one", async () => {
    const driven = new DrivenCircuit();
    const slow = driven.start();
    await driven.fail(3);
    await slow.succeed();
    expect(driven.state).toBe("open");
  });

  test("a failure from before does not reopen in mid-trial, and the trial's success counts", async () => {
    const driven = new DrivenCircuit({ halfOpenRetries: 1 });
    const slow = driven.start();
    await driven.becomeDue();
    const trial = driven.start();
    await slow.fail();
    expect(driven.state).toBe("half-open");
    await trial.succeed();
    expect(driven.state).toBe("closed");
  });

  test("failures that arrive while open do not prolong it", async () => {
    const driven = new DrivenCircuit();
    const slow = Array.from({ length: 5 }, () => driven.start());
    await driven.fail(3);
    driven.clock.advance("50s");
    for (const call of slow) await call.fail();
    expect(driven.circuit.snapshot().retryAfter).toBe(10_000);
  });

  test("many failures at once open once, and the back-off takes one step", async () => {
    const driven = new DrivenCircuit({ resetBackoff: exponentialBackoff({ factor: 2, jitter: 0 }) });
    const calls = Array.from({ length: 20 }, () => driven.start());
    for (const call of calls) await call.fail();
    expect(driven.circuit.snapshot().retryAfter).toBe(60_000);
  });

  test("a success while open leaves the wait as it is", async () => {
    const driven = new DrivenCircuit();
    const slow = driven.start();
    await driven.fail(3);
    driven.clock.advance("20s");
    await slow.succeed();
    expect(driven.circuit.snapshot().retryAfter).toBe(40_000);
    driven.clock.advance("40s");
    expect(driven.state).toBe("half-open");
  });

  test("what ends after a whole cycle changes nothing in the closed circuit that followed", async () => {
    const driven = new DrivenCircuit();
    const slow = Array.from({ length: 5 }, () => driven.start());
    await driven.becomeDue();
    await driven.succeed(2);
    for (const call of slow) await call.fail();
    expect(driven.state).toBe("closed");
    expect(driven.circuit.snapshot().failures).toBe(0);
  });

  test("the second of two trials that fail opens nothing again and moves no time", async () => {
    const driven = new DrivenCircuit();
    await driven.becomeDue();
    let openings = 0;
    driven.circuit.subscribe((event) => {
      if (event.type === "circuit.changed" && event.to === "open") openings++;
    });
    const trials = [driven.start(), driven.start()];
    await trials[0]!.fail();
    driven.clock.advance("5s");
    await trials[1]!.fail();
    expect(openings).toBe(1);
    expect(driven.circuit.snapshot().retryAfter).toBe(55_000);
  });
});
