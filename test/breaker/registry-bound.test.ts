import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, createProtectedFetch, type ProtegoEvent, protect } from "../../src/index.ts";
import { failureRate } from "../../src/options.ts";
import { resetCircuits, testClock } from "../../src/testing.ts";

const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
beforeEach(() => {
  resetCircuits();
  circuits.limit(10);
});
afterEach(() => {
  circuits.limit(1000);
  warn.mockClear();
});

const good = (name: string) => protect(() => Promise.resolve("fine"), { name })();
const bad = (name: string, options: object = {}) =>
  protect(() => Promise.reject(new Error("down")), { name, ...options })().catch(
    (error: Error) => error.name,
  );

/** What a visitor can do who chooses names: a tenant, a host. */
async function flood(call: (name: string) => Promise<unknown>, names = 50): Promise<void> {
  for (let i = 0; i < names; i++) await call(`flood ${i}`);
}

describe("names beyond the bound do not make the registry forget", () => {
  const kept: Record<string, [before: () => unknown, after: () => unknown, value: unknown]> = {
    "a circuit that is open": [
      () => bad("mine", { failureThreshold: 1 }),
      () => circuits.get("mine")?.state,
      "open",
    ],
    "one that is half-open": [
      async () => {
        await good("mine");
        circuits.get("mine")!.halfOpen();
      },
      () => circuits.get("mine")?.state,
      "half-open",
    ],
    "one that is forced closed": [
      async () => {
        await good("mine");
        circuits.get("mine")!.close({ forced: true });
      },
      () => circuits.get("mine")?.snapshot().forced,
      true,
    ],
    "one that was configured": [
      async () => {
        await good("mine");
        circuits.get("mine")!.configure({ failureThreshold: 7 });
      },
      () => circuits.get("mine")?.snapshot().options.failureThreshold,
      7,
    ],
    "one that was registered": [
      () => circuits.register("mine", { failureThreshold: 7 }),
      () => circuits.get("mine")?.snapshot().options.failureThreshold,
      7,
    ],
    "one that somebody listens to": [
      async () => {
        await good("mine");
        circuits.get("mine")!.subscribe(() => {});
      },
      () => circuits.get("mine") !== undefined,
      true,
    ],
    "one with calls under way": [
      () => {
        void protect(() => new Promise(() => {}), { name: "mine", maxConcurrent: 5 })();
      },
      () => circuits.get("mine")?.snapshot().inFlight,
      1,
    ],
    "the failures of one, for names that never failed": [
      () => bad("mine"),
      () => circuits.get("mine")?.snapshot().failures,
      1,
    ],
  };
  test.each(Object.entries(kept))("%s", async (_what, [before, after, value]) => {
    await before();
    await flood(good);
    expect(after()).toBe(value);
    expect(circuits.list()).toHaveLength(10);
  });

  test("a circuit opens although others fail all the time", async () => {
    circuits.limit(100);
    await bad("mine");
    await bad("mine");
    await flood((name) => bad(name), 80);
    await bad("mine");
    expect(circuits.get("mine")!.state).toBe("open");
  });
});

describe("where every circuit is needed, names beyond the bound share one", () => {
  test("it is told once, and opens for all of them alone", async () => {
    await flood((name) => bad(name, { failureThreshold: 1 }), 10);
    expect(circuits.list().map(({ state }) => state)).toEqual(Array.from({ length: 10 }, () => "open"));
    for (const name of ["a", "b", "c"]) await bad(name);
    expect(circuits.list()).toHaveLength(11);
    const overflow = circuits.get("(overflow)")!;
    expect(overflow.snapshot()).toMatchObject({ state: "open", totals: { failed: 3 } });
    expect(await bad("d")).toBe("CircuitOpenError");
    expect(circuits.get("flood 0")!.state).toBe("open");
    const told = warn.mock.calls.filter(([line]) => String(line).includes("(overflow)"));
    expect(told).toHaveLength(1);
  });

  test("a wrapper that had to share has its own again as soon as there is room", async () => {
    await flood((name) => bad(name, { failureThreshold: 1 }), 10);
    const mine = protect(() => Promise.resolve("fine"), { name: "mine" });
    await mine();
    expect(circuits.get("mine")).toBeUndefined();
    circuits.get("flood 3")!.close();
    await mine();
    expect(circuits.get("mine")!.snapshot().totals.succeeded).toBe(1);
  });

  test("a million origins that all fail stay within the bound", async () => {
    circuits.limit(50);
    const fetch = createProtectedFetch({ fetch: () => Promise.reject(new TypeError("fetch failed")) });
    for (let i = 0; i < 5000; i++) await fetch(`https://${i % 100}.tenants.test/`).catch(() => {});
    expect(circuits.list().length).toBeLessThanOrEqual(51);
  });

  test("a window that has passed leaves a circuit that may be forgotten", async () => {
    const clock = testClock();
    await bad("old", { clock, opensOn: failureRate({ threshold: 1 }) });
    clock.advance("11s");
    await flood(good, 20);
    expect(circuits.get("old")).toBeUndefined();
  });
});

describe("a handle steers the circuit that lives", () => {
  test("after it was forgotten and made again", async () => {
    await good("mine");
    const handle = circuits.get("mine")!;
    await flood(good);
    expect(circuits.get("mine")).toBeUndefined();
    await good("mine");
    handle.open();
    expect(circuits.get("mine")!.state).toBe("open");
    expect(handle.state).toBe("open");
    expect(await bad("mine")).toBe("CircuitOpenError");
  });

  test("and brings back one that was forgotten", async () => {
    const call = protect(() => Promise.resolve("fine"), { name: "mine" });
    await call();
    const handle = circuits.get("mine")!;
    await flood(good);
    expect(handle.snapshot()).toMatchObject({ name: "mine", state: "closed" });
    expect(circuits.get("mine")).toBeUndefined();
    handle.open({ forced: true });
    await expect(call()).rejects.toThrow(/refused/);
    expect(circuits.get("mine")!.snapshot().forced).toBe(true);
  });
});

describe("the registry tells", () => {
  test("of circuits that are made, forgotten and disposed of", async () => {
    const heard: string[] = [];
    const end = circuits.subscribe((event: ProtegoEvent) => {
      if (!event.type.startsWith("call.")) heard.push(`${event.type} ${event.circuit}`);
    });
    circuits.limit(2);
    for (const name of ["a", "b", "c"]) await good(name);
    expect(circuits.dispose("c")).toBe(true);
    expect(circuits.dispose("c")).toBe(false);
    end();
    expect(heard).toEqual([
      "circuit.created a",
      "circuit.created b",
      "circuit.forgotten a",
      "circuit.created c",
      "circuit.disposed c",
    ]);
  });

  test("a circuit that is disposed of is gone, and a call makes a new one", async () => {
    const call = protect(() => Promise.resolve("fine"), { name: "mine", failureThreshold: 7 });
    await call();
    circuits.get("mine")!.open({ forced: true });
    circuits.dispose("mine");
    expect(circuits.list()).toEqual([]);
    expect(await call()).toBe("fine");
    expect(circuits.get("mine")!.snapshot()).toMatchObject({
      state: "closed",
      totals: { succeeded: 1 },
      options: { failureThreshold: 7 },
    });
  });
});

describe("another version in the same process", () => {
  const scope = globalThis as Record<symbol, unknown>;

  test("has a registry of its own: neither sees the other's records", async () => {
    const other = Symbol.for("next-protego/registry/1");
    scope[other] = {
      breakers: new Map([["mine", { name: "mine", phase: 7 }]]),
      listeners: new Set(),
      capacity: 1,
    };
    await good("mine");
    expect(circuits.list().map(({ name }) => name)).toEqual(["mine"]);
    expect(circuits.snapshot()).toHaveLength(1);
    delete scope[other];
  });

  test("a record of another form in ours is passed over, and makes way", async () => {
    circuits.register("before");
    const ours = scope[Symbol.for("next-protego/registry/2")] as { breakers: Map<string, unknown> };
    for (const alien of [{ name: "mine" }, { name: "mine", layout: 1 }, null, 7, "mine"]) {
      ours.breakers.set("mine", alien);
      expect(circuits.get("mine")).toBeUndefined();
      expect(circuits.snapshot().map(({ name }) => name)).toEqual(["before"]);
      expect(await good("mine")).toBe("fine");
      expect(circuits.get("mine")!.snapshot().totals.succeeded).toBe(1);
      circuits.dispose("mine");
    }
    ours.breakers.set("alien", { name: "alien" });
    await flood(good);
    expect(circuits.get("before")).toBeDefined();
  });

  test("what is kept there has this form; another form needs another number", () => {
    circuits.register("form");
    const ours = scope[Symbol.for("next-protego/registry/2")] as { breakers: Map<string, object> };
    expect(Object.keys(ours).toSorted().join(" ")).toBe(
      "breakers capacity isolate layout listeners wrappers",
    );
    expect(Object.keys(ours.breakers.get("form")!).toSorted().join(" ")).toMatchInlineSnapshot(
      `"clock configured everyone fleet given ignored inFlight kept lastFailure layout leftClosedAt listeners name observes optionListener passStreams phase policy quiet retired shown totals touched"`,
    );
  });
});
