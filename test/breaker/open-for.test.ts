import { beforeEach, describe, expect, test } from "vitest";
import { circuits, createProtectedFetch, isCircuitOpenError, protect } from "../../src/index.ts";
import { exponentialBackoff, restoreFrom } from "../../src/options.ts";
import { memoryStore, shareStore } from "../../src/store.ts";
import { resetCircuits, testClock } from "../../src/testing.ts";

beforeEach(resetCircuits);

describe("a circuit that is opened for a while", () => {
  test.each(["5m", 300_000] as const)("refuses for so long (%s), then trials decide", async (length) => {
    const clock = testClock();
    const call = protect(() => Promise.resolve(1), { name: "api", clock, halfOpenRetries: 1 });
    await call();
    circuits.get("api")!.open({ for: length, by: "ada" });
    expect(circuits.get("api")!.snapshot()).toMatchObject({
      state: "open",
      forced: false,
      retryAfter: 300_000,
    });
    clock.advance(299_999);
    await expect(call()).rejects.toSatisfy(isCircuitOpenError);
    clock.advance(1);
    await call();
    expect(circuits.get("api")!.state).toBe("closed");
  });

  test("is open for one reset timeout where nothing is said", () => {
    circuits.register("api", { clock: testClock(), resetTimeout: "20s" }).open();
    expect(circuits.get("api")!.snapshot().retryAfter).toBe(20_000);
  });

  test.each([0, -1, "soon", Infinity, {}])("is refused for %s", (length) => {
    const circuit = circuits.register("api");
    expect(() => circuit.open({ for: length as number })).toThrow(/option "for" must be/);
    expect(circuit.state).toBe("closed");
  });

  test("is held for so long, if that is said, and no longer", () => {
    const clock = testClock();
    const circuit = circuits.register("api", { clock });
    circuit.open({ for: "5m", forced: true });
    expect(circuit.snapshot()).toMatchObject({ state: "open", retryAfter: 300_000 });
    clock.advance(300_000);
    expect(circuit.state).toBe("half-open");
  });

  test("is open for the whole fleet, for as long", async () => {
    const kept = memoryStore(() => 0);
    circuits.register("api", { store: shareStore(kept), resetTimeout: "20s" }).open({ for: "7m" });
    const isKept = async () => (await kept.list!(1)).circuits[0]?.record;
    await expect.poll(isKept).toMatchObject({ isOpen: true, isForced: false, restMs: 420_000 });
    expect(circuits.get("api")!.snapshot().retryAfter).toBeGreaterThan(400_000);
    // The next opening is as long as ever.
    circuits.get("api")!.open();
    await expect.poll(isKept).toMatchObject({ generation: 2 });
    expect(((await isKept()) as { restMs: number }).restMs).toBeLessThan(60_000);
  });

  test("is no longer in a fleet than its members believe", () => {
    const circuit = circuits.register("api", { store: shareStore(memoryStore()) });
    expect(() => circuit.open({ for: "11m" })).toThrow(/at most 600000 milliseconds in a shared circuit/);
    circuit.configure({ maxRetryAfter: "1h" });
    circuit.open({ for: "11m" });
    expect(circuit.state).toBe("open");
  });
});

describe("an opening whose length was said", () => {
  const later = { name: "api", resetTimeout: "10s", failureThreshold: 1 } as const;

  test.each(["30m", "5s"] as const)(
    "by a command lasts for so long (%s), whatever wrapper is made meanwhile",
    async (length) => {
      const clock = testClock(1234.567);
      const circuit = circuits.register("api", { clock });
      circuit.open({ for: length, by: "deploy" });
      const { retryAfter } = circuit.snapshot();
      await expect(protect(() => Promise.resolve(1), later)()).rejects.toSatisfy(isCircuitOpenError);
      expect(circuit.snapshot().retryAfter).toBe(retryAfter);
      circuit.configure({ resetTimeout: "20s" });
      expect(circuit.snapshot().retryAfter).toBe(retryAfter);
    },
  );

  test("by the upstream lasts for so long", async () => {
    const clock = testClock(1234.567);
    const answer = (): Promise<Response> =>
      Promise.resolve(new Response("", { status: 503, headers: { "retry-after": "300" } }));
    await createProtectedFetch({ name: "api", clock, failureThreshold: 1, fetch: answer })("https://a.test");
    await expect(protect(() => Promise.resolve(1), later)()).rejects.toSatisfy(isCircuitOpenError);
    expect(circuits.get("api")!.snapshot().retryAfter).toBe(300_000);
  });

  test("by another process lasts for what remains", async () => {
    const clock = testClock(1234.567);
    circuits.register("api", { clock }).open();
    const snapshots = circuits.snapshot().map((each) => ({ ...each, retryAfter: 4000, at: Infinity }));
    resetCircuits();
    const circuit = circuits.register("api", { clock, initial: restoreFrom(snapshots) });
    await expect(protect(() => Promise.resolve(1), later)()).rejects.toSatisfy(isCircuitOpenError);
    expect(circuit.snapshot().retryAfter).toBe(4000);
  });

  test("by nobody follows the options, those that vary it by chance as well", () => {
    const clock = testClock(1234.567);
    const circuit = circuits.register("api", { clock, resetBackoff: exponentialBackoff({ jitter: 0.5 }) });
    circuit.open();
    circuit.configure({ resetTimeout: "20s" });
    expect(circuit.snapshot().retryAfter).toBeCloseTo(20_000);
  });
});
