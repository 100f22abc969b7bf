import { describe, expect, test } from "vitest";
import { settleWhenKnown } from "../../src/breaker/conclude-call.ts";
import type { ProtectedFetchOptions, ProtegoEvent } from "../../src/index.ts";
import { exponentialBackoff, failureRate, ramp, restoreFrom } from "../../src/options.ts";
import { guardedFetch, type GuardedFetch } from "./guarded-fetch.ts";
import { loopbackServer } from "./loopback-server.ts";

const upstream = loopbackServer();

async function fail({ fetch }: GuardedFetch, times: number): Promise<void> {
  for (let call = 0; call < times; call++) await fetch(upstream.status(503));
}

/** How many failures in a row open it, up to ten. */
async function failuresToOpen(options: ProtectedFetchOptions): Promise<number> {
  const guarded = guardedFetch(options);
  for (let failures = 1; failures <= 10; failures++) {
    await fail(guarded, 1);
    if (guarded.circuit().state === "open") return failures;
  }
  return Infinity;
}

test.each([
  [undefined, 3],
  [1, 1],
  [5, 5],
])("failureThreshold %s opens at failure %i", async (failureThreshold, failures) => {
  expect(await failuresToOpen({ failureThreshold })).toBe(failures);
});

test.each<[ProtectedFetchOptions["resetTimeout"], number]>([
  [undefined, 60_000],
  ["1500ms", 1500],
  ["2m", 120_000],
  [250, 250],
])("resetTimeout %s keeps it open for %i ms", async (resetTimeout, ms) => {
  const guarded = guardedFetch({ failureThreshold: 1, resetTimeout });
  await fail(guarded, 1);
  guarded.clock.advance(ms - 1);
  expect(guarded.circuit().state).toBe("open");
  guarded.clock.advance(1);
  expect(guarded.circuit().state).toBe("half-open");
});

test.each([
  [undefined, 2],
  [1, 1],
  [4, 4],
])("halfOpenRetries %s closes after %i good trials", async (halfOpenRetries, trials) => {
  const { fetch, circuit } = guardedFetch({ halfOpenRetries });
  await fetch(upstream.status(200));
  circuit().halfOpen();
  for (let trial = 1; trial < trials; trial++) await fetch(upstream.status(200));
  expect(circuit().state).toBe("half-open");
  await fetch(upstream.status(200));
  expect(circuit().state).toBe("closed");
});

test("one bad trial opens it again", async () => {
  const guarded = guardedFetch();
  await guarded.fetch(upstream.status(200));
  guarded.circuit().halfOpen();
  await fail(guarded, 1);
  expect(guarded.circuit().state).toBe("open");
});

test("a trial that never settles gives its place back after the timeout", async () => {
  let answer: () => Promise<Response> = () => new Promise(() => {});
  const { fetch, circuit, clock } = guardedFetch({
    halfOpenRetries: 1,
    timeout: "5s",
    fetch: () => answer(),
  });
  void fetch("http://a.test").catch(() => {});
  circuit().halfOpen();
  void fetch("http://a.test").catch(() => {});
  await expect(fetch("http://a.test")).rejects.toMatchObject({ reason: "half-open", retryAfter: 6000 });
  clock.advance("6s");
  answer = async () => new Response();
  expect((await fetch("http://a.test")).status).toBe(200);
  expect(circuit().state).toBe("closed");
});

test("opensOn takes the place of failures in a row", async () => {
  const opensOn = failureRate({ threshold: 0.5, window: 10, minimumCalls: 6 });
  expect(await failuresToOpen({ opensOn })).toBe(6);
});

test("resetBackoff lengthens each opening that follows a failed trial", async () => {
  const resetBackoff = exponentialBackoff({ factor: 2, max: "5m", jitter: 0 });
  const guarded = guardedFetch({ failureThreshold: 1, resetTimeout: "10s", resetBackoff });
  const waits: number[] = [];
  for (let opening = 0; opening < 3; opening++) {
    await fail(guarded, 1);
    const { retryAfter } = guarded.circuit().snapshot();
    waits.push(retryAfter);
    guarded.clock.advance(retryAfter);
  }
  expect(waits).toEqual([10_000, 20_000, 40_000]);
});

test("ramp lets only a share of calls through right after closing", async () => {
  const { fetch, circuit, clock } = guardedFetch({ ramp: ramp("30s"), failureThreshold: 1 });
  await fetch(upstream.status(503));
  clock.advance("60s");
  for (let trial = 0; trial < 2; trial++) await fetch(upstream.status(200));
  expect(circuit().state).toBe("closed");
  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => fetch(upstream.status(200))));
  const refused = outcomes.filter(({ status }) => status === "rejected");
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]).toMatchObject({ reason: { reason: "shed" } });
  clock.advance("31s");
  const later = await Promise.allSettled(Array.from({ length: 50 }, () => fetch(upstream.status(200))));
  expect(later.every(({ status }) => status === "fulfilled")).toBe(true);
});

test("initial lets a circuit start where another process was", async () => {
  const before = guardedFetch({ failureThreshold: 1 });
  await fail(before, 1);
  const seen = JSON.parse(JSON.stringify(before.circuit().snapshot())) as object;
  const after = guardedFetch();
  const restored = guardedFetch({
    name: `${after.name} restored`,
    initial: restoreFrom([{ ...seen, name: `${after.name} restored` } as never]),
  });
  await expect(restored.fetch(upstream.origin)).rejects.toMatchObject({ name: "CircuitOpenError" });
  expect((await after.fetch(upstream.status(200))).status).toBe(200);
});

describe("on", () => {
  test("hears of every kind of event, after it took effect", async () => {
    const heard: Array<[ProtegoEvent["type"], string]> = [];
    const guarded: GuardedFetch = guardedFetch({
      failureThreshold: 1,
      on: (event) => heard.push([event.type, guarded.circuit().state]),
    });
    const { fetch } = guarded;
    await fetch(upstream.status(200));
    await fetch(upstream.origin, { signal: AbortSignal.abort() }).catch(() => {});
    await fetch(upstream.status(503));
    await fetch(upstream.origin).catch(() => {});
    expect(heard).toEqual([
      ["circuit.created", "closed"],
      ["call.allowed", "closed"],
      ["call.succeeded", "closed"],
      ["call.allowed", "closed"],
      ["call.ignored", "closed"],
      ["call.allowed", "closed"],
      ["call.failed", "open"],
      ["circuit.changed", "open"],
      ["call.refused", "open"],
    ]);
  });

  test("cannot break a call", async () => {
    const { fetch } = guardedFetch({
      on: () => {
        throw new Error("of the listener");
      },
    });
    expect((await fetch(upstream.status(200))).status).toBe(200);
  });

  test("is told how long a call took, by the circuit's own clock", async () => {
    const durations: number[] = [];
    const guarded: GuardedFetch = guardedFetch({
      on: (event) => event.type === "call.succeeded" && durations.push(event.durationMs),
      fetch: async () => {
        guarded.clock.advance(120);
        return new Response();
      },
    });
    await guarded.fetch("http://a.test");
    expect(durations).toEqual([120]);
  });
});

test("watchBody is given good answers, and its verdict counts", async () => {
  const watched: string[] = [];
  const { fetch, totals } = guardedFetch({
    watchBody: {
      watch(call, response, judge) {
        watched.push(response.url);
        settleWhenKnown(call, judge(new Error("stalled")), "stalled");
        return response;
      },
    },
  });
  upstream.answer = ({ url }, response) => response.writeHead(url === "/503" ? 503 : 200).end("body");
  await fetch(`${upstream.origin}/200`);
  await fetch(`${upstream.origin}/503`);
  expect(watched).toEqual([`${upstream.origin}/200`]);
  expect(totals()).toMatchObject({ succeeded: 0, failed: 2 });
});
