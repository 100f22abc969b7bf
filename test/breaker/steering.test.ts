import { beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, type ProtegoEvent, protect } from "../../src/index.ts";
import { consecutiveFailures, failureRate } from "../../src/options.ts";
import { resetCircuits, testClock } from "../../src/testing.ts";

beforeEach(resetCircuits);

function failing(options: object = {}) {
  const clock = testClock();
  const run = protect(() => Promise.reject(new RangeError("down")), { name: "upstream", clock, ...options });
  const fail = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) await run().catch(() => {});
  };
  return { clock, fail, circuit: () => circuits.get("upstream")! };
}

describe("commands", () => {
  test("open refuses for one reset timeout", async () => {
    const { clock, circuit, fail } = failing();
    await fail(1);
    circuit().open();
    expect(circuit().snapshot()).toMatchObject({ state: "open", retryAfter: 60_000, forced: false });
    clock.advance("60s");
    expect(circuit().state).toBe("half-open");
  });

  test("open by force stays open, until another command", async () => {
    const { clock, circuit, fail } = failing();
    await fail(1);
    circuit().open({ forced: true });
    clock.advance("999h");
    expect(circuit().snapshot()).toMatchObject({ state: "open", forced: true });
    circuit().close();
    expect(circuit().snapshot()).toMatchObject({ state: "closed", forced: false });
  });

  test("close forgets the failures so far, and by force never opens", async () => {
    const { circuit, fail } = failing();
    await fail(2);
    circuit().close();
    await fail(2);
    expect(circuit().state).toBe("closed");
    circuit().close({ forced: true });
    await fail(20);
    expect(circuit().snapshot()).toMatchObject({ state: "closed", forced: true });
    expect(circuit().snapshot().totals.failed).toBe(24);
  });

  test("halfOpen lets trials through at once", async () => {
    const { circuit, fail } = failing();
    await fail(3);
    circuit().halfOpen();
    expect(circuit().state).toBe("half-open");
    await fail(1);
    expect(circuit().state).toBe("open");
  });

  test("reset closes and forgets the counts", async () => {
    const { circuit, fail } = failing();
    await fail(5);
    circuit().reset();
    expect(circuit().snapshot()).toMatchObject({
      state: "closed",
      lastFailure: undefined,
      totals: {
        allowed: 0,
        succeeded: 0,
        failed: 0,
        ignored: 0,
        refused: 0,
        observed: 0,
        fallback: 0,
        stale: 0,
        cache: 0,
      },
    });
  });
});

describe("configure on a live circuit", () => {
  test("another threshold holds at once, and the failures so far count", async () => {
    const { circuit, fail } = failing({ failureThreshold: 10 });
    await fail(4);
    circuit().configure({ failureThreshold: 5 });
    expect(circuit().state).toBe("closed");
    await fail(1);
    expect(circuit().state).toBe("open");
  });

  test("another reset timeout shortens or prolongs the wait that is under way", async () => {
    const { circuit, fail, clock } = failing();
    await fail(3);
    clock.advance("10s");
    circuit().configure({ resetTimeout: "30s" });
    expect(circuit().snapshot().retryAfter).toBe(20_000);
    circuit().configure({ resetTimeout: "5s" });
    expect(circuit().state).toBe("half-open");
  });

  test("more trials hold at once", async () => {
    const { circuit, clock, fail } = failing({ halfOpenRetries: 1 });
    await fail(3);
    clock.advance("60s");
    circuit().configure({ halfOpenRetries: 3 });
    const running = Array.from({ length: 5 }, () =>
      protect(() => new Promise(() => {}), { name: "upstream", clock, halfOpenRetries: 3 })().catch(
        () => "refused",
      ),
    );
    await Promise.race(running);
    expect(circuit().snapshot().inFlight).toBe(3);
  });

  test("another rule begins anew, the same kind goes on", async () => {
    const { circuit, fail } = failing({ opensOn: consecutiveFailures(4) });
    await fail(3);
    circuit().configure({ opensOn: failureRate({ threshold: 0.5, window: 10, minimumCalls: 5 }) });
    await fail(4);
    expect(circuit().state).toBe("closed");
    await fail(1);
    expect(circuit().state).toBe("open");
  });

  test("what is not named stays as it is", async () => {
    const { circuit, fail } = failing({ failureThreshold: 7, resetTimeout: "9s" });
    await fail(1);
    circuit().configure({ halfOpenRetries: 4 });
    expect(circuit().snapshot().options).toMatchObject({
      failureThreshold: 7,
      resetTimeout: 9000,
      halfOpenRetries: 4,
    });
  });

  test("a bad option changes nothing", async () => {
    const { circuit, fail } = failing();
    await fail(1);
    expect(() => circuit().configure({ failureThreshold: -1, resetTimeout: "1s" })).toThrow(RangeError);
    expect(circuit().snapshot().options).toMatchObject({ failureThreshold: 3, resetTimeout: 60_000 });
  });
});

describe("listeners", () => {
  test("hear every event with its fields, of one circuit or of all", async () => {
    const all: ProtegoEvent[] = [];
    const own: ProtegoEvent[] = [];
    const end = circuits.subscribe((event) => all.push(event));
    const clock = testClock();
    let result: "good" | "bad" | "ignored" = "good";
    const run = protect(
      () => {
        clock.advance(5);
        if (result === "good") return Promise.resolve(1);
        return Promise.reject(result === "bad" ? new Error("down") : new RangeError("page"));
      },
      {
        name: "told",
        clock,
        failureThreshold: 1,
        ignoreErrors: [RangeError],
        on: (event) => own.push(event),
      },
    );
    await run();
    result = "ignored";
    await run().catch(() => {});
    result = "bad";
    await run().catch(() => {});
    await run().catch(() => {});
    const circuit = "told";
    expect(all).toEqual([
      { type: "circuit.created", circuit },
      { type: "call.allowed", circuit },
      { type: "call.succeeded", circuit, durationMs: 5 },
      { type: "call.allowed", circuit },
      { type: "call.ignored", circuit, durationMs: 5 },
      { type: "call.allowed", circuit },
      { type: "call.failed", circuit, durationMs: 5, failure: new Error("down") },
      {
        type: "circuit.changed",
        circuit,
        from: "closed",
        to: "open",
        reason: "calls",
        figures: { rule: "consecutive-failures", failures: 1 },
        failure: "Error: down",
      },
      { type: "call.refused", circuit, reason: "open", retryAfter: 60_000, observed: false },
    ]);
    expect(own).toEqual(all);
    end();
    await run().catch(() => {});
    expect(all).toHaveLength(9);
    expect(own).toHaveLength(10);
  });

  test("are several, added and removed later, also by themselves", async () => {
    const { circuit, fail } = failing();
    await fail(1);
    const heard: string[] = [];
    const ends = ["a", "b", "c"].map((name) => circuit().subscribe(() => heard.push(name)));
    ends.push(
      circuit().subscribe(() => {
        heard.push("once");
        ends[3]!();
      }),
    );
    ends[1]!();
    circuit().open();
    circuit().close();
    expect(heard).toEqual(["a", "c", "once", "a", "c"]);
  });

  test.each([
    ["of a circuit", () => circuits.register("api")],
    ["of all circuits", () => circuits],
  ])("subscribed twice are heard twice, and each subscription ends alone: %s", (_, of) => {
    const circuit = circuits.register("api");
    let heard = 0;
    const listener = (): void => void heard++;
    const first = of().subscribe(listener);
    const second = of().subscribe(listener);
    circuit.open();
    expect(heard).toBe(2);
    first();
    first();
    circuit.close();
    expect(heard).toBe(3);
    second();
    circuit.open();
    expect(heard).toBe(3);
  });

  test("given as `on` stay when a subscription of the same function ends", () => {
    const heard: string[] = [];
    const on = ({ type }: ProtegoEvent): void => void heard.push(type);
    const circuit = circuits.register("with on", { on });
    circuit.subscribe(on)();
    circuit.open();
    expect(heard).toEqual(["circuit.created", "circuit.changed"]);
  });

  test("that throw break no call, no other listener and no transition", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const { circuit, fail } = failing({ on: () => JSON.parse("{") as void });
    const heard: string[] = [];
    circuits.subscribe(() => JSON.parse("{") as void);
    circuits.subscribe(({ type }) => heard.push(type));
    await fail(3);
    expect(circuit().state).toBe("open");
    expect(heard).toContain("circuit.changed");
    vi.restoreAllMocks();
  });

  test("see the circuit as it is by then", async () => {
    const { circuit, fail } = failing();
    await fail(1);
    const seen: string[] = [];
    circuit().subscribe((event) => {
      if (event.type === "circuit.changed") seen.push(`${event.to} ${circuit().state}`);
    });
    await fail(2);
    expect(seen).toEqual(["open open"]);
  });

  test("of circuits hear those that are made later", async () => {
    const names = new Set<string>();
    circuits.subscribe(({ circuit }) => names.add(circuit));
    await protect(() => Promise.resolve(), { name: "later" })();
    expect([...names]).toEqual(["later"]);
  });
});

test("a snapshot is plain data, and a copy", async () => {
  const { circuit, fail } = failing();
  await fail(2);
  const snapshot = circuit().snapshot();
  expect(JSON.parse(JSON.stringify(snapshot))).toMatchObject({
    name: "upstream",
    state: "closed",
    failures: 2,
    inFlight: 0,
    shared: false,
    degraded: false,
    lastFailure: "RangeError: down",
  });
  (snapshot.totals as { failed: number }).failed = 99;
  expect(circuit().snapshot().totals.failed).toBe(2);
});
