import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, isCircuitOpenError, protect } from "../../src/index.ts";
import { redisStore, shareStore } from "../../src/redis.ts";
import { monotonicClock } from "../../src/runtime/clock.ts";
import { resetCircuits } from "../../src/testing.ts";
import { DrivenCircuit } from "../peers/driven-circuit.ts";
import { needsRedis } from "../upstash-server/needs-redis.ts";
import { type RunningRedis, startRedis } from "../upstash-server/start-redis.ts";
import { ScriptedStore, settled } from "./scripted-store.ts";

beforeEach(() => {
  resetCircuits();
  vi.spyOn(console, "warn").mockImplementation(() => {});
  return () => vi.restoreAllMocks();
});

describe("a store that is lost, step by step", () => {
  let store: ScriptedStore;
  let driven: DrivenCircuit;

  function shared(whenLost: "alone" | "refuse" | undefined): void {
    store = new ScriptedStore();
    driven = new DrivenCircuit({ store: shareStore(store, { whenLost }), failureThreshold: 99 });
    vi.spyOn(monotonicClock, "now").mockImplementation(() => driven.clock.now());
  }

  async function passes(): Promise<boolean> {
    const call = driven.start();
    await settled();
    if (call.isRunning) await call.succeed();
    return call.isRunning;
  }

  /** Three errors in a row: of a first look, and of two reports. */
  async function loses(): Promise<void> {
    const first = driven.start();
    await settled();
    await store.last.fail();
    await first.fail();
    for (let each = 0; each < 2; each++) {
      await settled();
      await store.last.fail();
      if (each === 0) await driven.start().fail();
    }
    await settled();
    expect(driven.circuit.snapshot().degraded).toBe(true);
  }

  test.each([
    [undefined, true],
    ["alone", true],
    ["refuse", false],
  ] as const)("with whenLost: %s a call goes out: %s", async (whenLost, isSent) => {
    shared(whenLost);
    await loses();
    expect(await passes()).toBe(isSent);
    driven.clock.advance("1500ms");
    expect(await passes()).toBe(isSent);
  });

  test("one error, or two, refuse nobody", async () => {
    shared("refuse");
    const first = driven.start();
    await settled();
    await store.last.fail();
    expect(first.isRunning).toBe(true);
    await first.fail();
    await store.last.fail();
    expect(await passes()).toBe(true);
  });

  test("a refusal says when it may be worth to ask again, and the store is asked no more than otherwise", async () => {
    shared("refuse");
    await loses();
    const asked = store.asked.length;
    for (let each = 0; each < 100; each++) expect(await passes()).toBe(false);
    expect(driven.circuit.snapshot()).toMatchObject({ state: "open", forced: false, retryAfter: 1000 });
    expect(store.asked.length).toBe(asked);
  });

  test.each([
    ["closed", { life: 1, generation: 0 }, true],
    ["open", { life: 1, generation: 1, state: "open", waitMs: 60_000, trips: 1 }, false],
  ] as const)("when it is back, it is as the fleet is: %s", async (state, reply, isSent) => {
    shared("refuse");
    await loses();
    driven.clock.advance("3s");
    const call = driven.start();
    await settled();
    expect(store.last.request.type).toBe("read");
    await store.last.answer(reply);
    expect([call.isRunning, driven.state]).toEqual([isSent, state]);
    expect(driven.circuit.snapshot().degraded).toBe(false);
  });

  test("an opening that lasts longer than the look at the store stays as long", async () => {
    shared("refuse");
    await loses();
    driven.circuit.open();
    await settled();
    expect(driven.circuit.snapshot().retryAfter).toBe(60_000);
  });

  test("who holds it closed by hand is obeyed", async () => {
    shared("refuse");
    await loses();
    driven.circuit.close({ forced: true });
    await settled();
    expect(await passes()).toBe(true);
    driven.clock.advance("10m");
    expect([await passes(), await passes()]).toEqual([true, true]);
  });
});

test.each([["open"], [true], [null]])("whenLost: %j is refused in words", (whenLost) => {
  expect(() => shareStore(new ScriptedStore(), { whenLost: whenLost as never })).toThrow(
    /"whenLost" must be "alone" or "refuse"/,
  );
});

describe("a real Redis that is killed", () => {
  const hasRedis = needsRedis();
  let server: RunningRedis;
  beforeAll(async () => {
    if (hasRedis) server = await startRedis();
  });
  afterAll(() => server?.stop());

  test.each([
    ["alone", "fine"],
    ["refuse", "refused"],
  ] as const)(
    "with whenLost: %s",
    async (whenLost, expected) => {
      const client = new Redis(server.port, "127.0.0.1", {
        enableOfflineQueue: false,
        retryStrategy: () => 20,
      });
      client.on("error", () => {});
      await new Promise((resolve) => client.once("ready", resolve));
      const run = protect(() => Promise.resolve("fine"), {
        name: `lost ${whenLost}`,
        store: redisStore(client, { whenLost, heartbeat: "50ms" }),
      });
      const outcome = (): Promise<unknown> =>
        run().catch((error: unknown) => (isCircuitOpenError(error) ? "refused" : "failed"));
      expect(await outcome()).toBe("fine");

      await server.kill();
      const isDegraded = (): boolean => circuits.get(`lost ${whenLost}`)!.snapshot().degraded;
      const seen = new Set<unknown>();
      await expect.poll(async () => (seen.add(await outcome()), isDegraded())).toBe(true);
      expect(seen).not.toContain("failed");
      await expect.poll(outcome, { interval: 20, timeout: 10_000 }).toBe(expected);
      const later = [];
      for (let each = 0; each < 20; each++) later.push(await outcome());
      expect(new Set(later)).toEqual(new Set([expected]));

      await server.restart();
      await expect.poll(outcome, { interval: 50, timeout: 30_000 }).toBe("fine");
      await expect
        .poll(async () => (await outcome(), isDegraded()), {
          interval: 50,
          timeout: 30_000,
        })
        .toBe(false);
      expect(await outcome()).toBe("fine");
      client.disconnect();
    },
    60_000,
  );
});
