import { beforeEach, describe, expect, test } from "vitest";
import { circuits, protect } from "../../src/index.ts";
import { restoreFrom, slowCalls } from "../../src/options.ts";
import { memoryStore, shareStore } from "../../src/store.ts";
import { resetCircuits, testClock } from "../../src/testing.ts";

beforeEach(resetCircuits);

const fails = (): Promise<never> => Promise.reject(new Error("no"));

describe("a circuit that is held closed for a while", () => {
  test.each([
    ["10m", {}],
    [600_000, { forced: true }],
  ] as const)("lets every call through for so long (%s, %j), then opens as ever", async (length, more) => {
    const clock = testClock();
    const call = protect(fails, { name: "api", clock });
    const fail = () => call().catch(() => {});
    await fail();
    const circuit = circuits.get("api")!;
    circuit.close({ for: length, by: "ada", ...more });
    for (let i = 0; i < 9; i++) await fail();
    clock.advance(599_999);
    await fail();
    expect(circuit.snapshot()).toMatchObject({ state: "closed", forced: true, heldMs: 1, failures: 10 });
    clock.advance(1);
    expect(circuit.snapshot()).toMatchObject({ state: "closed", forced: false, heldMs: undefined });
    // It has counted all along: one more is enough.
    await fail();
    expect(circuit.state).toBe("open");
  });

  test("closes as ever after a good call, and needs its three failures again", async () => {
    const clock = testClock();
    let isUp = false;
    const call = protect(() => (isUp ? Promise.resolve(1) : fails()), { name: "api", clock });
    const send = () => call().catch(() => {});
    await send();
    circuits.get("api")!.close({ for: "1m" });
    for (let i = 0; i < 5; i++) await send();
    clock.advance("1m");
    isUp = true;
    await send();
    isUp = false;
    await send();
    await send();
    expect(circuits.get("api")!.state).toBe("closed");
    await send();
    expect(circuits.get("api")!.state).toBe("open");
  });

  test("is not opened meanwhile by a rule that looks at calls from their start", async () => {
    const clock = testClock();
    const call = protect(
      () => {
        clock.advance("3s");
        return Promise.resolve(1);
      },
      {
        name: "api",
        clock,
        opensOn: slowCalls({ duration: "1s", threshold: 0.5, window: 4, minimumCalls: 2 }),
      },
    );
    await call();
    circuits.get("api")!.close({ for: "1m" });
    for (let i = 0; i < 4; i++) await call();
    expect(circuits.get("api")!.state).toBe("closed");
    clock.advance("1m");
    await call();
    expect(circuits.get("api")!.state).toBe("open");
  });

  test.each([0, -1, "soon", Infinity, {}])("is refused for %s", (length) => {
    const circuit = circuits.register("api");
    circuit.open();
    expect(() => circuit.close({ for: length as number })).toThrow(/option "for" must be/);
    expect(circuit.state).toBe("open");
  });

  test("is held no longer after any other command", () => {
    const circuit = circuits.register("api");
    for (const command of ["open", "close", "halfOpen", "reset"] as const) {
      circuit.close({ for: "10m" });
      expect(circuit.snapshot().forced).toBe(true);
      circuit[command]();
      expect(circuit.snapshot()).toMatchObject({ forced: false, heldMs: undefined });
    }
  });

  test("is held in the next process for what remains, and no longer for ever", () => {
    const clock = testClock();
    circuits.register("api", { clock }).close({ for: "10m" });
    circuits.register("held", { clock }).close({ forced: true });
    clock.advance("4m");
    const saved = JSON.parse(JSON.stringify(circuits.snapshot())) as ReturnType<typeof circuits.snapshot>;
    const remembered = saved.map((each) => Object.assign(each, { at: each.at - 60_000 }));
    resetCircuits();
    const initial = restoreFrom(remembered);
    const again = circuits.register("api", { clock, initial });
    expect(again.snapshot().forced).toBe(true);
    expect(again.snapshot().heldMs).toBeGreaterThan(299_000);
    expect(again.snapshot().heldMs).toBeLessThanOrEqual(300_000);
    expect(circuits.register("held", { clock, initial }).snapshot()).toMatchObject({
      forced: true,
      heldMs: undefined,
    });
  });

  test("is not forgotten to make room while it is held", () => {
    const clock = testClock();
    circuits.limit(1);
    const call = (name: string) => protect(() => Promise.resolve(1), { name, clock })().catch(() => {});
    void call("held");
    circuits.get("held")!.close({ for: "10m" });
    void call("another");
    expect(circuits.get("held")).toBeDefined();
    circuits.limit(1000);
  });
});

describe("in a fleet", () => {
  test("it is held for all, and for as long", async () => {
    const kept = memoryStore(() => 0);
    const circuit = circuits.register("api", { store: shareStore(kept) });
    circuit.close({ for: "2h", by: "ada" });
    const listed = async () => (await kept.list!(1)).circuits[0];
    await expect
      .poll(async () => (await listed())?.record)
      .toMatchObject({ isOpen: false, isForced: false, restMs: 7_200_000 });
    await expect.poll(async () => (await listed())?.command).toMatchObject({ type: "close", by: "ada" });
    expect(circuit.snapshot()).toMatchObject({ state: "closed", forced: true });
  });

  test("it is held for two days at most", () => {
    const circuit = circuits.register("api", { store: shareStore(memoryStore()) });
    expect(() => circuit.close({ for: "49h" })).toThrow(/at most 172800000 milliseconds in a shared circuit/);
    circuit.close({ for: "48h" });
    circuit.close({ forced: true });
    expect(circuit.snapshot().forced).toBe(true);
  });
});
