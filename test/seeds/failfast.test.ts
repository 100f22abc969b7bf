import { beforeEach, describe, expect, test } from "vitest";
import { circuits, protect } from "../../src/index.ts";
import { memoryStore, shareStore, type Store } from "../../src/redis.ts";
import { resetCircuits, testClock } from "../../src/testing.ts";
import { everythingSent } from "../peers/small-fleet.ts";

/** What Failfast promises: named backends, a store of one's choice, exceptions to handle, a switch. */

beforeEach(resetCircuits);

test("backends are named, and each fails for itself", async () => {
  const ask = (backend: string) =>
    protect((_backend: string) => Promise.reject(new Error("down")), { name: (of: string) => of })(backend);
  for (let i = 0; i < 3; i++) await ask("orders").catch(() => {});
  await ask("stock").catch(() => {});
  expect(circuits.list().map(({ name, state }) => `${name} ${state}`)).toEqual([
    "orders open",
    "stock closed",
  ]);
});

describe("the store is of one's choice: one function", () => {
  test("a new process knows what the last one knew", async () => {
    const clock = testClock();
    const memory = memoryStore(() => clock.now());
    const asked: string[] = [];
    const own: Store = {
      step: (name, request) => {
        asked.push(`${request.type} ${name}`);
        return memory.step(name, request);
      },
    };
    const options = { clock, store: shareStore(own) };
    circuits.register("orders", options).open();
    await everythingSent();
    resetCircuits();
    await expect(protect(() => Promise.resolve(1), { name: "orders", ...options })()).rejects.toMatchObject({
      name: "CircuitOpenError",
    });
    expect(asked[0]).toBe("open orders");
  });

  test("one that fails breaks no call", async () => {
    const lost: Store = { step: () => Promise.reject(new Error("no store")) };
    const call = protect(() => Promise.resolve("fine"), { name: "orders", store: shareStore(lost) });
    expect(await call()).toBe("fine");
  });
});

test("exceptions to handle: those that count, and no others", async () => {
  class Unreachable extends Error {}
  const fail = (error: Error) =>
    protect(() => Promise.reject(error), {
      name: "orders",
      failureThreshold: 1,
      isFailure: (outcome) => "error" in outcome && outcome.error instanceof Unreachable,
    })().catch(() => {});
  await fail(new Error("a bug of ours"));
  expect(circuits.get("orders")!.state).toBe("closed");
  await fail(new Unreachable());
  expect(circuits.get("orders")!.state).toBe("open");
});

describe("the switch enabled", () => {
  test("off: as if it were not there", async () => {
    const call = protect(() => Promise.reject(new Error("down")), {
      name: "orders",
      failureThreshold: 1,
      enabled: false,
    });
    for (let i = 0; i < 5; i++) await expect(call()).rejects.toThrow("down");
    expect(circuits.get("orders")).toBeUndefined();
  });

  test("asked at each call, so that a flag turns it on and off", async () => {
    let enabled = true;
    const call = protect(() => Promise.reject(new Error("down")), {
      name: "orders",
      failureThreshold: 1,
      enabled: () => enabled,
    });
    await call().catch(() => {});
    await expect(call()).rejects.toMatchObject({ name: "CircuitOpenError" });
    enabled = false;
    await expect(call()).rejects.toThrow("down");
  });
});
