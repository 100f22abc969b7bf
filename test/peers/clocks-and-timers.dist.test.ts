import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { circuits, createProtectedFetch, protect } from "../../src/index.ts";
import { DrivenCircuit } from "./driven-circuit.ts";

describe("clocks and timers", () => {
  test("a clock that steps back does not keep the circuit open by the size of the step", async () => {
    const clock = { at: 1e9, now: () => clock.at };
    const driven = new DrivenCircuit({ clock });
    await driven.fail(3);
    clock.at -= 3_600_000;
    driven.start();
    clock.at += 60_000;
    expect(driven.start().isRunning).toBe(true);
  });

  test("the wall clock is not asked", async () => {
    const wall = vi.spyOn(Date, "now");
    const run = protect(() => Promise.reject(new Error("down")), { name: "no wall clock" });
    for (let i = 0; i < 4; i++) await run().catch(() => {});
    expect(circuits.get("no wall clock")!.state).toBe("open");
    expect(wall).not.toHaveBeenCalled();
    wall.mockRestore();
  });

  test("where the clock stands still between I/O, calls still count", async () => {
    const driven = new DrivenCircuit({ clock: { now: () => 42 } });
    await driven.fail(3);
    expect(driven.state).toBe("open");
  });

  test("times are not cut to whole seconds", async () => {
    const driven = new DrivenCircuit({ resetTimeout: 1500 });
    await driven.fail(3);
    driven.clock.advance(1499);
    expect(driven.state).toBe("open");
    driven.clock.advance(1);
    expect(driven.state).toBe("half-open");
  });

  test("the wait begins when the circuit opens, not when the slow call began", async () => {
    const driven = new DrivenCircuit({ failureThreshold: 1 });
    const slow = driven.start();
    driven.clock.advance("59s");
    await slow.fail();
    expect(driven.circuit.snapshot().retryAfter).toBe(60_000);
  });

  test("an open circuit keeps no process alive, nor does the deadline of calls that are over", async () => {
    const entry = fileURLToPath(new URL("../../dist/index.js", import.meta.url));
    const script = `
      import { protect } from ${JSON.stringify(entry)};
      const run = protect((ends) => ends ? Promise.reject(new Error("down")) : new Promise(() => {}), {
        name: "upstream", timeout: "10m", failureThreshold: 2,
      });
      for (let i = 0; i < 2; i++) await run(true).catch(() => {});
      await protect(async () => "in time", { name: "other", timeout: "10m" })();
    `;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "inherit" });
    const [code] = (await once(child, "exit")) as [number];
    expect(code).toBe(0);
  });

  test("a thousand circuits start no timer", () => {
    const timeout = vi.spyOn(globalThis, "setTimeout");
    const interval = vi.spyOn(globalThis, "setInterval");
    for (let i = 0; i < 1000; i++) circuits.register(`idle ${i}`);
    createProtectedFetch({ timeout: "1s" });
    expect(timeout).not.toHaveBeenCalled();
    expect(interval).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  test("making wrappers takes no chance and starts no timer", () => {
    const chance = vi.spyOn(Math, "random");
    const crypto = vi.spyOn(globalThis.crypto, "getRandomValues");
    createProtectedFetch();
    protect(() => Promise.resolve(), { name: "at import" });
    expect(chance).not.toHaveBeenCalled();
    expect(crypto).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});
