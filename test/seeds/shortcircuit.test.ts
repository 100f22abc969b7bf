import { beforeEach, expect, test } from "vitest";
import { circuits, protect } from "../../src/index.ts";
import { resetCircuits, testClock } from "../../src/testing.ts";

/** What ShortCircuit promises: one breaker for many functions, registered, counted and worked by hand. */

beforeEach(resetCircuits);

test("one breaker is shared by many functions: what fails in one is not called by the other", async () => {
  const read = protect(() => Promise.reject(new Error("down")), { name: "database" });
  const write = protect((value: number) => Promise.resolve(value), { name: "database" });
  for (let i = 0; i < 3; i++) await read().catch(() => {});
  await expect(write(1)).rejects.toMatchObject({ name: "CircuitOpenError", circuit: "database" });
});

test("a success of one function ends the row of failures of another", async () => {
  const read = protect(() => Promise.reject(new Error("down")), { name: "database" });
  const write = protect((value: number) => Promise.resolve(value), { name: "database" });
  for (let i = 0; i < 5; i++) {
    await read().catch(() => {});
    expect(await write(i)).toBe(i);
  }
  expect(circuits.get("database")!.state).toBe("closed");
});

test("a breaker is registered before its first call, with its options, and functions find it by name", async () => {
  circuits.register("database", { failureThreshold: 1, resetTimeout: "5s" });
  const read = protect(() => Promise.reject(new Error("down")), { name: "database" });
  await read().catch(() => {});
  expect(circuits.get("database")!.snapshot()).toMatchObject({
    state: "open",
    retryAfter: expect.any(Number),
  });
  expect(circuits.get("database")!.snapshot().retryAfter).toBeGreaterThan(4000);
  expect(circuits.get("nothing")).toBeUndefined();
});

test("its statistics are there to be read, and reading changes nothing", async () => {
  let fails = false;
  const clock = testClock();
  const read = protect(() => (fails ? Promise.reject(new Error("down")) : Promise.resolve(1)), {
    name: "database",
    clock,
  });
  for (fails of [false, true, true, true, true]) await read().catch(() => {});
  const seen = circuits.get("database")!.snapshot();
  expect(seen).toMatchObject({
    state: "open",
    failures: 3,
    lastFailure: "Error: down",
    totals: { allowed: 4, succeeded: 1, failed: 3, ignored: 0, refused: 1 },
  });
  expect(circuits.get("database")!.snapshot()).toEqual({ ...seen, at: expect.any(Number) });
});

test("it is opened, half-opened, closed and reset by hand", async () => {
  const read = protect(() => Promise.resolve("fine"), { name: "database" });
  expect(await read()).toBe("fine");
  const breaker = circuits.get("database")!;
  breaker.open({ forced: true, by: "the operator" });
  await expect(read()).rejects.toThrow('[circuit-open] "database" refused a call: open');
  breaker.halfOpen();
  expect(await read()).toBe("fine");
  breaker.close();
  expect(breaker.state).toBe("closed");
  breaker.reset();
  expect(breaker.snapshot().totals).toEqual({
    allowed: 0,
    succeeded: 0,
    failed: 0,
    ignored: 0,
    refused: 0,
    observed: 0,
    fallback: 0,
    stale: 0,
    cache: 0,
  });
});
