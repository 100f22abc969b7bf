import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { getEventListeners } from "node:events";
import { beforeEach, describe, expect, test } from "vitest";
import { circuits, createProtectedFetch, protect } from "../../src/index.ts";
import { loopbackServer } from "../http/loopback-server.ts";
import { DrivenCircuit } from "./driven-circuit.ts";

const upstream = loopbackServer();
let waiting: Array<() => void> = [];

beforeEach(() => {
  waiting = [];
  upstream.answer = (request, response) => {
    if (request.url === "/hang") waiting.push(() => response.end());
    else if (request.url === "/reset") request.socket.destroy();
    else response.end("fine");
  };
});

let serial = 0;

function guarded(timeout: number | false = 5000) {
  const name = `aborts ${++serial}`;
  return {
    fetch: createProtectedFetch({ name, timeout }),
    totals: () => circuits.get(name)!.snapshot().totals,
  };
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

describe("aborts and timeouts", () => {
  test("what comes after the timeout touches nothing", async () => {
    let finish!: (value: unknown) => void;
    const name = "late result";
    const run = protect(() => new Promise((resolve) => (finish = resolve)), { name, timeout: 5 });
    await run().catch(() => {});
    const before = circuits.get(name)!.snapshot().totals;
    finish("late");
    await new Promise((resolve) => setImmediate(resolve));
    expect(circuits.get(name)!.snapshot().totals).toEqual(before);
    expect(before).toMatchObject({ failed: 1, succeeded: 0 });
  });

  test("one call's timeout aborts no other call", async () => {
    const { fetch } = guarded(600);
    const hung = fetch(`${upstream.origin}/hang`).catch((error: unknown) => error);
    await expect.poll(() => waiting.length).toBe(1);
    // Half of the time is over when the others start, and they are under way when it is.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const others = Array.from({ length: 5 }, async () => (await fetch(`${upstream.origin}/hang`)).status);
    expect(await hung).toMatchObject({ name: "TimeoutError" });
    for (const answer of waiting.splice(0)) answer();
    expect(await Promise.all(others)).toEqual(Array(5).fill(200));
  });

  test("after a timeout the next call has a signal of its own", async () => {
    const signals: Array<AbortSignal | null | undefined> = [];
    const fetch = createProtectedFetch({
      name: "own signals",
      timeout: 5,
      fetch: (_, init) => {
        signals.push(init?.signal);
        return signals.length === 1 ? new Promise(() => {}) : Promise.resolve(new Response());
      },
    });
    await fetch(upstream.origin).catch(() => {});
    await fetch(upstream.origin);
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, false]);
  });

  test("a long-lived signal of the caller collects no listeners", async () => {
    const { fetch } = guarded();
    const { signal } = new AbortController();
    for (let i = 0; i < 30; i++) await (await fetch(`${upstream.origin}/fine`, { signal })).text();
    // Node's fetch itself takes its listener back when the request has been collected.
    collectGarbage();
    await expect.poll(() => getEventListeners(signal, "abort").length).toBeLessThan(5);
  });

  test("a caller's timeout fires, even if nobody holds its signal", async () => {
    const { fetch, totals } = guarded();
    const error: unknown = await fetch(`${upstream.origin}/hang`, { signal: AbortSignal.timeout(20) }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ name: "TimeoutError" });
    expect(totals()).toMatchObject({ failed: 1 });
  });

  test.each([["a string"], [{ custom: true }], [undefined], [new Error("own")], [0]])(
    "an abort for the reason %j is the caller's, and reaches it as it is",
    async (reason) => {
      const { fetch, totals } = guarded();
      const controller = new AbortController();
      const call = fetch(`${upstream.origin}/hang`, { signal: controller.signal }).catch(
        (error: unknown) => error,
      );
      controller.abort(reason);
      expect(await call).toBe(controller.signal.reason);
      expect(totals()).toMatchObject({ failed: 0, ignored: 1 });
    },
  );

  test("the own timeout is a failure and no abort, though the caller has a signal", async () => {
    const { fetch, totals } = guarded(15);
    const { signal } = new AbortController();
    const error: unknown = await fetch(`${upstream.origin}/hang`, { signal }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ name: "TimeoutError" });
    expect(totals()).toMatchObject({ failed: 1, ignored: 0 });
  });

  test("a network error counts, though the caller aborts right after it", async () => {
    const { fetch, totals } = guarded();
    const controller = new AbortController();
    await fetch(`${upstream.origin}/reset`, { signal: controller.signal }).catch(() => controller.abort());
    expect(totals()).toMatchObject({ failed: 1, ignored: 0 });
  });

  test("a timeout ends a function that never looks at anything", async () => {
    const run = protect(() => new Promise(() => {}), { name: "deaf", timeout: 10 });
    await expect(run()).rejects.toMatchObject({ name: "TimeoutError" });
  });

  test("an abort by the caller says nothing about the upstream, its deadline does", async () => {
    const { fetch, totals } = guarded();
    const controller = new AbortController();
    const call = fetch(`${upstream.origin}/hang`, { signal: controller.signal }).catch(() => {});
    controller.abort();
    await call;
    await fetch(`${upstream.origin}/hang`, { signal: AbortSignal.timeout(10) }).catch(() => {});
    expect(totals()).toMatchObject({ ignored: 1, failed: 1 });
  });

  test("a lease outlasts its trial, so a slow trial that ends in time still counts", async () => {
    const driven = new DrivenCircuit({ timeout: "10s", halfOpenRetries: 1 });
    await driven.becomeDue();
    const trial = driven.start();
    driven.clock.advance(9999);
    await trial.succeed();
    expect(driven.state).toBe("closed");
  });
});
