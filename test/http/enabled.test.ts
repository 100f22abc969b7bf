import { expect, test, vi } from "vitest";
import { circuits, type ProtegoEvent } from "../../src/index.ts";
import { counted, guardedFetch } from "./guarded-fetch.ts";
import { loopbackServer } from "./loopback-server.ts";

const upstream = loopbackServer();

test.each<[string, false | (() => boolean)]>([
  ["false", false],
  ["a function that says false", () => false],
])("%s: as if not installed", async (_, enabled) => {
  const inner = vi.fn<typeof globalThis.fetch>(async () => new Response(null, { status: 503 }));
  const { fetch, name } = guardedFetch({ enabled, failureThreshold: 1, timeout: 1, fetch: inner });
  const init = { headers: { a: "b" } };
  for (let call = 0; call < 3; call++) expect((await fetch(upstream.origin, init)).status).toBe(503);
  expect(circuits.get(name)).toBeUndefined();
  expect(inner.mock.lastCall?.[1]).toBe(init);
});

test("a function is asked at each call", async () => {
  let enabled = true;
  const { fetch, circuit, totals } = guardedFetch({ enabled: () => enabled, failureThreshold: 1 });
  await fetch(upstream.status(503));
  await expect(fetch(upstream.origin)).rejects.toMatchObject({ name: "CircuitOpenError" });
  enabled = false;
  expect((await fetch(upstream.status(200))).status).toBe(200);
  expect(circuit().state).toBe("open");
  enabled = true;
  await expect(fetch(upstream.origin)).rejects.toMatchObject({ name: "CircuitOpenError" });
  expect(totals()).toEqual({ ...counted.failure, refused: 2 });
});

test("a function that throws leaves the protection on", async () => {
  const { fetch } = guardedFetch({ enabled: () => JSON.parse("{"), failureThreshold: 1 });
  await fetch(upstream.status(503));
  await expect(fetch(upstream.origin)).rejects.toMatchObject({ name: "CircuitOpenError" });
});

test.each<[string, "observe" | (() => "observe")]>([
  ["observe", "observe"],
  ["a function that says observe", () => "observe"],
])("%s: counts and tells, refuses nothing", async (_, enabled) => {
  const events: ProtegoEvent[] = [];
  const fallback = vi.fn<() => Response>(() => new Response());
  const { fetch, circuit, totals } = guardedFetch({
    enabled,
    failureThreshold: 1,
    fallback,
    on: (event) => events.push(event),
  });
  await fetch(upstream.status(503));
  expect(circuit().state).toBe("open");
  expect((await fetch(upstream.status(200))).status).toBe(200);
  expect(upstream.hits).toBe(2);
  expect(fallback).not.toHaveBeenCalled();
  // What goes on past the refusal is counted as what it is.
  expect(totals()).toEqual({
    allowed: 2,
    succeeded: 1,
    failed: 1,
    ignored: 0,
    refused: 0,
    observed: 1,
    fallback: 0,
    stale: 0,
    cache: 0,
  });
  expect(events.slice(-3)).toMatchObject([
    { type: "call.refused", reason: "open", observed: true },
    { type: "call.allowed" },
    { type: "call.succeeded" },
  ]);
});

test("observing does not hinder the way back", async () => {
  const { fetch, circuit, clock } = guardedFetch({ enabled: "observe", failureThreshold: 1 });
  await fetch(upstream.status(503));
  clock.advance("60s");
  for (let trial = 0; trial < 2; trial++) await fetch(upstream.status(200));
  expect(circuit().state).toBe("closed");
});

test("one call can go past the circuit", async () => {
  const { fetch, totals } = guardedFetch({ failureThreshold: 1 });
  await fetch(upstream.status(503));
  expect((await fetch(upstream.status(200), { protego: { enabled: false } })).status).toBe(200);
  expect(totals()).toEqual(counted.failure);
});

test.each(["false", 0, null, {}])("%j throws when the wrapper is made", (enabled) => {
  expect(() => guardedFetch({ enabled: enabled as boolean })).toThrow(/option "enabled" must be a boolean/);
});
