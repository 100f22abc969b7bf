import { beforeEach, describe, expect, test } from "vitest";
import { circuits, protect, type ProtegoEvent } from "../../src/index.ts";
import { memoryStore, shareStore } from "../../src/redis.ts";
import { resetCircuits, testClock } from "../../src/testing.ts";
import { everythingSent } from "../peers/small-fleet.ts";

/** What PyBreaker promises, with its words where they are others. */

beforeEach(resetCircuits);

class InvalidCustomer extends Error {}

describe("excluded exceptions", () => {
  const failing = (error: Error, ignoreErrors: unknown[] = []) =>
    protect(() => Promise.reject(error), {
      name: "db",
      failureThreshold: 1,
      ignoreErrors: ignoreErrors as never,
    })().catch(() => {});

  test("do not count: by class, or by a function that looks at them", async () => {
    await failing(new InvalidCustomer(), [InvalidCustomer]);
    await failing(new Error("404"), [(error: Error) => error.message === "404"]);
    expect(circuits.get("db")!.snapshot()).toMatchObject({ state: "closed", totals: { ignored: 2 } });
    await failing(new Error("down"), [InvalidCustomer]);
    expect(circuits.get("db")!.state).toBe("open");
  });

  test("are added to a live breaker, and removed", async () => {
    const remove = circuits.register("db").ignoreErrors(InvalidCustomer);
    await failing(new InvalidCustomer());
    expect(circuits.get("db")!.state).toBe("closed");
    remove();
    await failing(new InvalidCustomer());
    expect(circuits.get("db")!.state).toBe("open");
  });
});

test("several listeners hear calls, failures and changes of state, and are added and removed later", async () => {
  const breaker = circuits.register("db", { failureThreshold: 1 });
  const log: string[] = [];
  const listen = (who: string) =>
    breaker.subscribe((event: ProtegoEvent) => void log.push(`${who} ${event.type}`));
  const ends = [listen("first"), listen("second")];
  await protect(() => Promise.reject(new Error("down")), { name: "db" })().catch(() => {});
  ends[0]!();
  breaker.close();
  expect(log).toEqual([
    "first call.allowed",
    "second call.allowed",
    "first call.failed",
    "second call.failed",
    "first circuit.changed",
    "second circuit.changed",
    "second circuit.changed",
  ]);
});

test("generators are guarded to their end", async () => {
  const rows = protect(
    async function* () {
      yield 1;
      throw new Error("connection lost");
    },
    { name: "db", failureThreshold: 1 },
  );
  const read: number[] = [];
  await expect(
    (async () => {
      for await (const row of rows()) read.push(row);
    })(),
  ).rejects.toThrow("connection lost");
  expect(read).toEqual([1]);
  expect(circuits.get("db")!.state).toBe("open");
  await expect(rows().next()).rejects.toMatchObject({ name: "CircuitOpenError" });
});

test("monitoring and management: the number of failures, the state, its settings, changed while it runs", async () => {
  await protect(() => Promise.reject(new Error("down")), { name: "db" })().catch(() => {});
  const breaker = circuits.get("db")!;
  expect(breaker.snapshot().figures).toEqual({ rule: "consecutive-failures", failures: 1 });
  breaker.configure({ failureThreshold: 10, resetTimeout: "2m" });
  expect(breaker.snapshot().options).toMatchObject({ failureThreshold: 10, resetTimeout: 120_000 });
  breaker.open();
  breaker.halfOpen();
  breaker.close();
  expect([breaker.name, breaker.state]).toEqual(["db", "closed"]);
});

test("a store behind it keeps the state: one process opens, the next does not call", async () => {
  const clock = testClock();
  const store = shareStore(memoryStore(() => clock.now()));
  const first = circuits.register("db", { store, clock });
  first.open();
  await everythingSent();
  circuits.dispose("db");
  const call = protect(() => Promise.resolve("called"), { name: "db", store, clock });
  await expect(call()).rejects.toMatchObject({ name: "CircuitOpenError" });
  expect(circuits.get("db")!.snapshot()).toMatchObject({ state: "open", shared: true });
});
