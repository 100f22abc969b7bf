import { afterEach, describe, expect, test } from "vitest";
import {
  circuits,
  CircuitOpenError,
  createProtectedFetch,
  isCircuitOpenError,
  protect,
  withProtego,
} from "../../src/index.ts";
import { restoreFrom } from "../../src/options.ts";
import { resetCircuits, testClock } from "../../src/testing.ts";
import { DrivenCircuit } from "./driven-circuit.ts";

afterEach(resetCircuits);

describe("keys, memory, events", () => {
  test("when places run short, an open circuit stays", async () => {
    circuits.limit(10);
    const open = new DrivenCircuit();
    await open.fail(3);
    for (let i = 0; i < 1000; i++) circuits.register(`tenant ${i}`);
    expect(circuits.get(open.name)?.state).toBe("open");
    circuits.limit(1000);
  });

  test("a million names do not outgrow the bound", async () => {
    circuits.limit(100);
    const fetch = createProtectedFetch({ fetch: () => Promise.resolve(new Response()) });
    for (let i = 0; i < 5000; i++) await fetch(`https://tenant-${i}.test/`);
    expect(circuits.list().length).toBeLessThanOrEqual(100);
    circuits.limit(1000);
  });

  test("wrappers that come and go leave one listener at most", async () => {
    let heard = 0;
    for (let i = 0; i < 50; i++) {
      const run = protect(() => Promise.resolve(), { name: "one listener", on: () => heard++ });
      await run();
    }
    heard = 0;
    await protect(() => Promise.resolve(), { name: "one listener" })();
    expect(heard).toBe(["call.allowed", "call.succeeded"].length);
  });

  test("every change of state is told, whoever caused it", async () => {
    const driven = new DrivenCircuit();
    await driven.succeed();
    const told: string[] = [];
    driven.circuit.subscribe((event) => {
      if (event.type === "circuit.changed") told.push(`${event.from} ${event.to} ${event.reason}`);
    });
    await driven.becomeDue();
    await driven.fail();
    driven.clock.advance("60s");
    await driven.succeed(2);
    driven.circuit.open();
    driven.circuit.halfOpen();
    driven.circuit.close();
    expect(told).toEqual([
      "closed open calls",
      "open half-open time",
      "half-open open calls",
      "open half-open time",
      "half-open closed calls",
      "closed open command",
      "open half-open command",
      "half-open closed command",
    ]);
  });

  test("a circuit that was restored as held open can be released", async () => {
    circuits.register("held").open({ forced: true });
    const snapshots = JSON.parse(JSON.stringify(circuits.snapshot())) as ReturnType<typeof circuits.snapshot>;
    resetCircuits();
    const run = protect(() => Promise.resolve(1), { name: "held", initial: restoreFrom(snapshots) });
    await expect(run()).rejects.toSatisfy(isCircuitOpenError);
    circuits.get("held")!.close();
    expect(await run()).toBe(1);
  });

  test("a circuit that was restored as open waits for what remained, no longer", async () => {
    const driven = new DrivenCircuit();
    await driven.fail(3);
    driven.clock.advance("45s");
    const snapshots = circuits.snapshot();
    resetCircuits();
    const clock = testClock();
    const run = protect(() => Promise.resolve(1), {
      name: driven.name,
      clock,
      initial: restoreFrom(snapshots),
    });
    const error = (await run().catch((reason: unknown) => reason)) as CircuitOpenError;
    expect(error.retryAfter).toBeLessThanOrEqual(15_000);
    expect(error.retryAfter).toBeGreaterThan(10_000);
  });

  test("a refusal says which circuit, how long, why, and what had failed", async () => {
    const driven = new DrivenCircuit();
    await driven.fail(3, new RangeError("the last failure"));
    driven.clock.advance("18s");
    const error = (await driven.start().result.catch((reason: unknown) => reason)) as CircuitOpenError;
    expect(error).toBeInstanceOf(CircuitOpenError);
    expect(error).toMatchObject({ circuit: driven.name, retryAfter: 42_000, reason: "open" });
    expect(error.cause).toMatchObject({ message: "the last failure" });
    expect(error.digest).toBe(`PROTEGO_CIRCUIT_OPEN;${driven.name};42`);
  });

  test("the 503 tells the time that remains", async () => {
    const clock = testClock();
    const handler = withProtego(() => Promise.reject(new Error("down")), { name: "503", clock });
    const call = () => handler(new Request("http://a.test") as never, {} as never);
    for (let i = 0; i < 3; i++) await call().catch(() => {});
    const waits: Array<string | null> = [];
    for (let i = 0; i < 3; i++) {
      waits.push((await call()).headers.get("retry-after"));
      clock.advance("15500ms" as never);
    }
    expect(waits).toEqual(["60", "45", "29"]);
  });
});
