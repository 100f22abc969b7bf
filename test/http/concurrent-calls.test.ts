import { expect, test } from "vitest";
import { counted, guardedFetch } from "./guarded-fetch.ts";
import { loopbackServer } from "./loopback-server.ts";

const upstream = loopbackServer();

/** Calls that end when told, in whatever order. */
function held(): { fetch: typeof globalThis.fetch; end: Array<(status: number) => void> } {
  const end: Array<(status: number) => void> = [];
  const fetch = (): Promise<Response> =>
    new Promise((resolve) => {
      end.push((status) => resolve(new Response(null, { status })));
    });
  return { fetch, end };
}

test("a failing burst counts once a call", async () => {
  const { fetch, totals, circuit } = guardedFetch({ failureThreshold: 100 });
  await Promise.all(Array.from({ length: 20 }, () => fetch(upstream.status(503))));
  expect(totals()).toEqual({
    allowed: 20,
    succeeded: 0,
    failed: 20,
    ignored: 0,
    refused: 0,
    observed: 0,
    fallback: 0,
    stale: 0,
    cache: 0,
  });
  expect(circuit().snapshot().failures).toBe(20);
});

test("a burst opens the circuit once, and all its callers get the upstream's own answer", async () => {
  const changes: string[] = [];
  const { fetch, circuit } = guardedFetch({
    on: (event) => event.type === "circuit.changed" && changes.push(`${event.from} → ${event.to}`),
  });
  const answers = await Promise.all(Array.from({ length: 10 }, () => fetch(upstream.status(503))));
  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(503));
  expect(changes).toEqual(["closed → open"]);
  expect(circuit().state).toBe("open");
});

test("a success that comes late from before the opening does not close the circuit", async () => {
  const { fetch: inner, end } = held();
  const { fetch, circuit } = guardedFetch({ fetch: inner });
  const calls = Array.from({ length: 4 }, () => fetch("http://a.test"));
  for (const failing of [1, 2, 3]) end[failing]!(503);
  await Promise.all(calls.slice(1));
  end[0]!(200);
  await calls[0];
  expect(circuit().state).toBe("open");
});

test("a failure that comes late from before the opening does not count against the trials", async () => {
  const { fetch: inner, end } = held();
  const { fetch, circuit, clock } = guardedFetch({ fetch: inner, failureThreshold: 1 });
  const [late, failing] = [fetch("http://a.test"), fetch("http://a.test")];
  end[1]!(503);
  await failing;
  clock.advance("60s");
  const trial = fetch("http://a.test");
  expect(circuit().state).toBe("half-open");
  end[0]!(503);
  await late;
  expect(circuit().state).toBe("half-open");
  end[2]!(200);
  await trial;
  const second = fetch("http://a.test");
  end[3]!(200);
  await second;
  expect(circuit().state).toBe("closed");
});

test("a failure from before a close by command does not count afterwards", async () => {
  const { fetch: inner, end } = held();
  const { fetch, circuit } = guardedFetch({ fetch: inner, failureThreshold: 1 });
  const late = fetch("http://a.test");
  circuit().close();
  end[0]!(503);
  await late;
  expect(circuit().snapshot()).toMatchObject({ state: "closed", failures: 0, totals: counted.failure });
});

test("half-open lets through as many trials as halfOpenRetries says, however many come at a time", async () => {
  const { fetch: inner, end } = held();
  const { fetch, circuit, clock } = guardedFetch({ fetch: inner, failureThreshold: 1, halfOpenRetries: 3 });
  const first = fetch("http://a.test");
  end[0]!(503);
  await first;
  clock.advance("60s");
  const calls = Array.from({ length: 10 }, () => fetch("http://a.test"));
  const outcomes = Promise.allSettled(calls);
  expect(end).toHaveLength(4);
  for (const trial of [1, 2, 3]) end[trial]!(200);
  const refusals = (await outcomes).filter(({ status }) => status === "rejected");
  expect(refusals).toHaveLength(7);
  expect(refusals[0]).toMatchObject({ reason: { name: "CircuitOpenError", reason: "half-open" } });
  expect(circuit().state).toBe("closed");
});
