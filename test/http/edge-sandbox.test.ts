import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { counted, guardedFetch } from "./guarded-fetch.ts";
import { rejectionOf } from "./rejection-of.ts";

beforeEach(() => void vi.stubGlobal("EdgeRuntime", "edge-runtime"));
afterEach(() => void vi.unstubAllGlobals());

const url = "http://a.test/products";

/** As in the sandbox of `next start`: every response looks like a hit, but only a request that goes out listens. */
function sandboxedFetch(answers: () => "cached" | "sent", status = 503): typeof fetch {
  const patched: typeof fetch = async (_, init) => {
    if (answers() === "sent") init?.signal?.addEventListener("abort", () => {});
    return Object.defineProperty(new Response(null, { status }), "url", { value: url });
  };
  return Object.assign(patched, { __nextPatched: true });
}

for (const timeout of ["10s", false] as const) {
  test(`an answer that was sent for counts, with timeout ${timeout}`, async () => {
    const { fetch, totals } = guardedFetch({ fetch: sandboxedFetch(() => "sent"), timeout });
    await fetch(url);
    expect(totals()).toEqual(counted.failure);
  });

  test(`a hit of the data cache does not, with timeout ${timeout}`, async () => {
    const { fetch, totals } = guardedFetch({ fetch: sandboxedFetch(() => "cached"), timeout });
    await fetch(url);
    expect(totals()).toEqual(counted.nothing);
  });

  test(`the caller's signal is still the one that aborts, with timeout ${timeout}`, async () => {
    const controller = new AbortController();
    const { fetch, totals } = guardedFetch({
      fetch: (_, init) =>
        new Promise((_, reject) => {
          init!.signal!.addEventListener("abort", () => reject(init!.signal!.reason as Error));
          controller.abort(new Error("left"));
        }),
      timeout,
    });
    expect((await rejectionOf(fetch(url, { signal: controller.signal }))).message).toBe("left");
    expect(totals()).toEqual(counted.nothing);
  });
}

test("where AbortSignal.any is missing the caller's signal is followed by hand", async () => {
  const any = Object.getOwnPropertyDescriptor(AbortSignal, "any")!;
  Object.defineProperty(AbortSignal, "any", { ...any, value: undefined });
  try {
    const { fetch, totals } = guardedFetch({
      fetch: (_, init) =>
        new Promise((_, reject) => {
          const signal = init!.signal!;
          signal.addEventListener("abort", () => reject(signal.reason as Error));
          if (signal.aborted) reject(signal.reason as Error);
        }),
    });
    const before = AbortSignal.abort(new Error("left before"));
    expect((await rejectionOf(fetch(url, { signal: before }))).message).toBe("left before");
    const during = new AbortController();
    const running = fetch(url, { signal: during.signal });
    during.abort(new Error("left during"));
    expect((await rejectionOf(running)).message).toBe("left during");
    expect(totals()).toMatchObject({ failed: 0, ignored: 2 });
  } finally {
    Object.defineProperty(AbortSignal, "any", any);
  }
});
