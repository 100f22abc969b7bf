import { describe, expect, test } from "vitest";
import { guardedFetch } from "./guarded-fetch.ts";
import { rejectionOf } from "./rejection-of.ts";

/** An upstream that hangs until its caller gives up. */
const hung = ((_: unknown, init: RequestInit) =>
  new Promise((_resolve, reject) => {
    const { signal } = init;
    signal!.addEventListener("abort", () => reject(signal!.reason as Error));
  })) as typeof fetch;

async function abortAfter(
  ms: number,
  guarded: ReturnType<typeof guardedFetch>,
  reason?: unknown,
): Promise<void> {
  const controller = new AbortController();
  const call = rejectionOf(guarded.fetch("https://hung.test/", { signal: controller.signal }));
  guarded.clock.advance(ms);
  controller.abort(reason);
  expect(await call).toBe(controller.signal.reason);
}

describe("a caller that aborts by itself", () => {
  test.each([
    [{}, 4999, "ignored"],
    [{}, 5000, "ignored"],
    [{}, 5001, "failed"],
    [{ timeout: "2s" }, 1001, "failed"],
    [{ timeout: "2s" }, 999, "ignored"],
    [{ slowAbort: "1s" }, 1001, "failed"],
    [{ slowAbort: "9s" }, 8000, "ignored"],
    [{ slowAbort: false }, 9999, "ignored"],
    [{ timeout: false }, 3_600_000, "ignored"],
    [{ timeout: false, slowAbort: "3s" }, 3001, "failed"],
  ] as const)("with %j after %s ms is %s", async (options, ms, verdict) => {
    const guarded = guardedFetch({ ...options, fetch: hung });
    await abortAfter(ms, guarded);
    expect(guarded.totals()).toMatchObject({ allowed: 1, failed: 0, ignored: 0, [verdict]: 1 });
  });

  test.each([
    ["no reason", undefined],
    ["an Error of the library's", new Error("Request timed out.")],
    ["a string", "timeout"],
  ])(
    "after a library's timeout, with %s, opens the circuit after failureThreshold calls",
    async (_, reason) => {
      const guarded = guardedFetch({ fetch: hung, timeout: "10s" });
      for (let call = 0; call < 3; call++) await abortAfter(10_000, guarded, reason);
      expect(guarded.circuit().state).toBe("open");
    },
  );

  test("who leaves early never counts, however often", async () => {
    const guarded = guardedFetch({ fetch: hung });
    for (let visitor = 0; visitor < 50; visitor++) await abortAfter(visitor * 100, guarded);
    expect(guarded.totals()).toMatchObject({ ignored: 50, failed: 0 });
  });
});

test.each([[0], ["0s"], ["soon"], [-1]])("slowAbort: %j is refused in words", (slowAbort) => {
  expect(() => guardedFetch({ slowAbort: slowAbort as never })).toThrow(/"slowAbort"|duration/);
});

test("a circuit that is open does not answer a call that its caller has given up", async () => {
  const guarded = guardedFetch({ fallback: () => new Response("instead") });
  await guarded.fetch("data:,a").catch(() => {});
  guarded.circuit().open();
  const reason = new Error("left already");
  const signal = AbortSignal.abort(reason);
  expect(await rejectionOf(guarded.fetch("https://hung.test/", { signal }))).toBe(reason);
  expect(await rejectionOf(guarded.fetch(new Request("https://hung.test/", { signal })))).toBe(reason);
  expect(await (await guarded.fetch("https://hung.test/")).text()).toBe("instead");
});
