import { describe, expect, test } from "vitest";
import { circuits, createProtectedFetch, isCircuitOpenError, protect } from "../../src/index.ts";
import { failureRate } from "../../src/options.ts";
import { testClock } from "../../src/testing.ts";
import { DrivenCircuit } from "./driven-circuit.ts";

describe("half-open is left again", () => {
  test("a trial that never settles is given up after its lease", async () => {
    const driven = new DrivenCircuit({ timeout: "10s" });
    await driven.becomeDue();
    const hung = [driven.start(), driven.start()];
    expect(hung.map(({ isRunning }) => isRunning)).toEqual([true, true]);
    expect(driven.start().isRunning).toBe(false);
    driven.clock.advance("11s");
    await driven.succeed(2);
    expect(driven.state).toBe("closed");
  });

  test("also where calls have no timeout at all", async () => {
    const driven = new DrivenCircuit({ timeout: false });
    await driven.becomeDue();
    driven.start();
    driven.start();
    driven.clock.advance("60s");
    await driven.succeed(2);
    expect(driven.state).toBe("closed");
  });

  test.each([400, 401, 404])("a trial answered %i settles like any other", async (status) => {
    const clock = testClock();
    let answer = 503;
    const fetch = createProtectedFetch({
      name: `trial ${status}`,
      clock,
      fetch: () => Promise.resolve(new Response(null, { status: answer })),
    });
    for (let i = 0; i < 3; i++) await fetch("http://a.test");
    clock.advance("60s");
    answer = status;
    await fetch("http://a.test");
    await fetch("http://a.test");
    expect(circuits.get(`trial ${status}`)!.state).toBe("closed");
  });

  test("a call that goes past the circuit takes no trial's place", async () => {
    const clock = testClock();
    const fetch = createProtectedFetch({
      name: "past the circuit",
      clock,
      halfOpenRetries: 1,
      fetch: (_, init) =>
        init?.method === "PUT" ? new Promise(() => {}) : Promise.reject(new Error("down")),
    });
    for (let i = 0; i < 3; i++) await fetch("http://a.test").catch(() => {});
    clock.advance("60s");
    void fetch("http://a.test", { method: "PUT", protego: { enabled: false } } as RequestInit);
    const error: unknown = await fetch("http://a.test").catch((reason: unknown) => reason);
    expect(isCircuitOpenError(error)).toBe(false);
  });

  test("a caller that aborts its trial gives the place back", async () => {
    const clock = testClock();
    let hangs = false;
    const fetch = createProtectedFetch({
      name: "aborted trial",
      clock,
      halfOpenRetries: 1,
      fetch: (_, init) =>
        new Promise((resolve, reject) => {
          init?.signal?.addEventListener("abort", () => reject(init.signal!.reason as Error));
          if (!hangs) resolve(new Response(null, { status: hangs ? 200 : 503 }));
        }),
    });
    for (let i = 0; i < 3; i++) await fetch("http://a.test");
    clock.advance("60s");
    hangs = true;
    const controller = new AbortController();
    const trial = fetch("http://a.test", { signal: controller.signal });
    controller.abort();
    await trial.catch(() => {});
    expect(circuits.get("aborted trial")!.state).toBe("half-open");
    expect(circuits.get("aborted trial")!.snapshot().retryAfter).toBe(0);
  });

  test("a function that throws at once, before any promise, gives its place back", async () => {
    const clock = testClock();
    let broken = true;
    const run = protect(
      () => {
        if (broken) throw new RangeError("at once");
        return Promise.resolve(1);
      },
      { name: "throws at once", clock, failureThreshold: 1, halfOpenRetries: 1 },
    );
    await run().catch(() => {});
    clock.advance("60s");
    await run().catch(() => {});
    expect(circuits.get("throws at once")!.snapshot().inFlight).toBe(0);
    clock.advance("60s");
    broken = false;
    expect(await run()).toBe(1);
    expect(circuits.get("throws at once")!.state).toBe("closed");
  });

  test("a predicate that throws leaks no place and masks no error", async () => {
    const driven = new DrivenCircuit({ isFailure: () => JSON.parse("{") as boolean, halfOpenRetries: 1 });
    await driven.becomeDue();
    const own = new Error("of the upstream");
    const trial = driven.start();
    await trial.fail(own);
    await expect(trial.result).rejects.toBe(own);
    expect(driven.state).toBe("open");
    expect(driven.circuit.snapshot().inFlight).toBe(0);
  });

  test("a listener that throws, or steers the circuit in mid-transition, breaks nothing", async () => {
    const driven = new DrivenCircuit();
    await driven.succeed();
    const seen: string[] = [];
    driven.circuit.subscribe(() => JSON.parse("{") as void);
    driven.circuit.subscribe((event) => {
      if (event.type !== "circuit.changed") return;
      seen.push(event.to);
      if (event.to === "open") driven.circuit.close();
    });
    await driven.fail(3);
    expect(seen).toEqual(["open", "closed"]);
    expect(driven.state).toBe("closed");
  });

  test("every way of calling through one circuit closes it", async () => {
    const clock = testClock();
    const options = { name: "many ways", clock, failureThreshold: 1, halfOpenRetries: 1 };
    const fetch = createProtectedFetch({ ...options, fetch: () => Promise.resolve(new Response()) });
    const fails = protect(() => Promise.reject(new Error("down")), options);
    const streams = protect(async function* () {
      yield await Promise.resolve(1);
    }, options);
    const ways = [
      () => fetch("http://a.test"),
      async () => {
        for await (const _ of streams());
      },
      protect(() => Promise.resolve(1), options),
    ];
    for (const way of ways) {
      await fails().catch(() => {});
      expect(circuits.get("many ways")!.state).toBe("open");
      clock.advance("60s");
      await way();
      expect(circuits.get("many ways")!.state).toBe("closed");
    }
  });

  test("a rule that wants many calls closed decides on few trials all the same", async () => {
    const driven = new DrivenCircuit({
      opensOn: failureRate({ threshold: 0.5, window: 100, minimumCalls: 50 }),
    });
    for (let i = 0; i < 50; i++) await driven.fail();
    expect(driven.state).toBe("open");
    driven.clock.advance("60s");
    await driven.succeed(2);
    expect(driven.state).toBe("closed");
  });

  test("a trial whose outcome is to be ignored decides nothing and gives its place back", async () => {
    const driven = new DrivenCircuit({ ignoreErrors: [RangeError], halfOpenRetries: 1 });
    await driven.becomeDue();
    await driven.fail(1, new RangeError("not the upstream's"));
    expect(driven.state).toBe("half-open");
    await driven.succeed();
    expect(driven.state).toBe("closed");
  });

  test("a trial that its caller gave up is no success", async () => {
    const clock = testClock();
    let hangs = false;
    const fetch = createProtectedFetch({
      name: "given up",
      clock,
      halfOpenRetries: 1,
      fetch: (_, init) =>
        hangs
          ? new Promise((_resolve, reject) => {
              init!.signal!.addEventListener("abort", () => reject(init!.signal!.reason as Error));
            })
          : Promise.resolve(new Response(null, { status: 503 })),
    });
    for (let i = 0; i < 3; i++) await fetch("http://a.test");
    clock.advance("60s");
    hangs = true;
    const controller = new AbortController();
    const trial = fetch("http://a.test", { signal: controller.signal });
    controller.abort();
    await trial.catch(() => {});
    expect(circuits.get("given up")!.state).not.toBe("closed");
    expect(circuits.get("given up")!.snapshot().totals).toMatchObject({ ignored: 1, succeeded: 0 });
  });

  test("nobody queues behind a hung trial: others are refused at once", async () => {
    const driven = new DrivenCircuit();
    await driven.becomeDue();
    driven.start();
    driven.start();
    const others = Array.from({ length: 50 }, () => driven.start());
    const results = await Promise.allSettled(others.map(({ result }) => result));
    expect(results.every((each) => each.status === "rejected" && isCircuitOpenError(each.reason))).toBe(true);
  });

  test("looking at it moves nothing", async () => {
    const driven = new DrivenCircuit({ halfOpenRetries: 1 });
    await driven.becomeDue();
    for (let look = 0; look < 20; look++) {
      expect(driven.state).toBe("half-open");
      driven.circuit.snapshot();
      circuits.snapshot();
    }
    expect(driven.start().isRunning).toBe(true);
  });

  test("a stream that its reader leaves gives the trial's place back", async () => {
    const clock = testClock();
    const options = { name: "left stream", clock, failureThreshold: 1, halfOpenRetries: 1 };
    await protect(() => Promise.reject(new Error("down")), options)().catch(() => {});
    clock.advance("60s");
    const stream = protect(async function* () {
      yield await Promise.resolve(1);
      yield 2;
    }, options);
    for await (const _ of stream()) break;
    expect(circuits.get("left stream")!.state).toBe("closed");
    expect(circuits.get("left stream")!.snapshot().inFlight).toBe(0);
  });
});
