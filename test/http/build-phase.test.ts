import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { circuits } from "../../src/index.ts";
import { counted, guardedFetch } from "./guarded-fetch.ts";
import { loopbackServer } from "./loopback-server.ts";

const upstream = loopbackServer();

beforeEach(() => void vi.stubEnv("NEXT_PHASE", "phase-production-build"));
afterEach(() => void vi.unstubAllEnvs());

test("under `next build` nothing is counted: not even a circuit comes into being", async () => {
  const { fetch, name } = guardedFetch({ failureThreshold: 1 });
  for (let call = 0; call < 3; call++) expect((await fetch(upstream.status(503))).status).toBe(503);
  expect(upstream.hits).toBe(3);
  expect(circuits.get(name)).toBeUndefined();
});

test("under `next build` nothing is refused", async () => {
  const { fetch, name } = guardedFetch();
  circuits.register(name).open({ forced: true });
  expect((await fetch(upstream.status(200))).status).toBe(200);
  expect(circuits.get(name)!.snapshot().totals).toMatchObject({ allowed: 0, refused: 0 });
});

test("under `next build` fetch gets the caller's own arguments", async () => {
  const inner = vi.fn<typeof globalThis.fetch>(async () => new Response());
  const init = { next: { revalidate: 60 } } as RequestInit;
  await guardedFetch({ fetch: inner }).fetch("http://a.test", init);
  expect(inner.mock.calls[0]![1]).toBe(init);
});

test.each(["phase-production-server", "phase-development-server", ""])("%j is no build", async (phase) => {
  vi.stubEnv("NEXT_PHASE", phase);
  const { fetch, totals } = guardedFetch();
  await fetch(upstream.status(503));
  expect(totals()).toEqual(counted.failure);
});
