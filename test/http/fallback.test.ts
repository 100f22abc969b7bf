import { describe, expect, test, vi } from "vitest";
import { CircuitOpenError, type ProtectedFetchOptions } from "../../src/index.ts";
import { counted, guardedFetch, type GuardedFetch } from "./guarded-fetch.ts";
import { loopbackServer } from "./loopback-server.ts";
import { rejectionOf } from "./rejection-of.ts";

const upstream = loopbackServer();

async function opened(options: ProtectedFetchOptions): Promise<GuardedFetch> {
  const guarded = guardedFetch({ failureThreshold: 1, ...options });
  await guarded.fetch(upstream.status(503));
  upstream.hits = 0;
  return guarded;
}

test("without one the refusal is thrown", async () => {
  const { fetch, name } = await opened({});
  expect(await rejectionOf(fetch(upstream.origin))).toMatchObject({
    name: "CircuitOpenError",
    circuit: name,
    retryAfter: 60_000,
    reason: "open",
    digest: `PROTEGO_CIRCUIT_OPEN;${name};60`,
    cause: expect.objectContaining({ message: "HTTP 503" }),
  });
  expect(upstream.hits).toBe(0);
});

test("a function answers in place of the upstream, and is told of the refusal and the call", async () => {
  const fallback = vi.fn<(context: object) => Response>(() => Response.json({ stale: true }));
  const { fetch, totals } = await opened({ fallback });
  const init = { headers: { a: "b" } };
  expect(await (await fetch(upstream.origin, init)).json()).toEqual({ stale: true });
  expect(fallback).toHaveBeenCalledExactlyOnceWith({
    error: expect.any(CircuitOpenError),
    args: [upstream.origin, init],
  });
  expect(upstream.hits).toBe(0);
  expect(totals()).toEqual({ ...counted.failure, refused: 1, fallback: 1 });
});

test("a promise of a Response will do", async () => {
  const { fetch } = await opened({ fallback: async () => new Response("later") });
  expect(await (await fetch(upstream.origin)).text()).toBe("later");
});

test("a Response is given afresh to each refused call", async () => {
  const { fetch } = await opened({ fallback: new Response("always", { status: 203 }) });
  for (let call = 0; call < 3; call++) {
    const response = await fetch(upstream.origin);
    expect([response.status, await response.text()]).toEqual([203, "always"]);
  }
});

describe("one that fails is the caller's error:", () => {
  const error = new Error("no fallbackFor either");
  test.each<[string, () => never | Promise<never>]>([
    [
      "it throws",
      () => {
        throw error;
      },
    ],
    ["it rejects", () => Promise.reject(error)],
  ])("%s", async (_, fallback) => {
    const { fetch, totals } = await opened({ fallback });
    expect(await rejectionOf(fetch(upstream.origin))).toBe(error);
    expect(totals()).toEqual({ ...counted.failure, refused: 1 });
  });
});

test("one Response serves any number of refusals, whether their bodies are read or not", async () => {
  const given = new Response("instead", { status: 203, statusText: "Other", headers: { "x-a": "b" } });
  const { fetch } = await opened({ fallback: given });
  for (let refusal = 0; refusal < 2000; refusal++) {
    // oxlint-disable-next-line no-await-in-loop
    expect((await fetch(upstream.origin)).status).toBe(203);
  }
  const unread = await fetch(upstream.origin);
  await unread.body!.cancel();
  const read = await fetch(upstream.origin);
  expect([read.statusText, read.headers.get("x-a"), await read.text()]).toEqual(["Other", "b", "instead"]);
  expect(given.bodyUsed).toBe(false);
});

test("it does not answer for failures while the circuit is closed", async () => {
  const fallback = vi.fn<() => Response>(() => new Response("instead"));
  const { fetch } = guardedFetch({ fallback });
  expect((await fetch(upstream.status(500))).status).toBe(500);
  expect(fallback).not.toHaveBeenCalled();
});

test("one call can bring its own", async () => {
  const { fetch } = await opened({ fallback: () => new Response("the wrapper's") });
  const own = await fetch(upstream.origin, { protego: { fallback: () => new Response("the call's") } });
  expect(await own.text()).toBe("the call's");
  expect(await (await fetch(upstream.origin)).text()).toBe("the wrapper's");
});

test("`stale` remembers good answers and comes before the fallback", async () => {
  const memory = new Map<string, string>();
  const { fetch, circuit } = guardedFetch({
    stale: {
      remember: (input, _init, response) => {
        memory.set(input as string, "remembered");
        return response;
      },
      recall: (input) => (memory.has(input as string) ? new Response("remembered") : undefined),
    },
    fallback: () => new Response("the fallback"),
  });
  await fetch(upstream.status(200));
  const whileFailing = upstream.status(503);
  expect((await fetch(whileFailing)).status).toBe(503);
  circuit().open();
  expect(await (await fetch(upstream.status(200))).text()).toBe("remembered");
  expect(await (await fetch(whileFailing)).text()).toBe("the fallback");
});
