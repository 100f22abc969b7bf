import { describe, expect, test } from "vitest";
import { circuits, createProtectedFetch } from "../../src/index.ts";
import { exponentialBackoff } from "../../src/options.ts";
import { testClock } from "../../src/testing.ts";
import { DrivenCircuit } from "../peers/driven-circuit.ts";

const wait = (driven: DrivenCircuit): number => driven.circuit.snapshot().retryAfter;

describe("exponentialBackoff", () => {
  test("prolongs repeated openings by its factor, up to its cap", async () => {
    const driven = new DrivenCircuit({
      resetTimeout: "10s",
      resetBackoff: exponentialBackoff({ factor: 2, max: "35s", jitter: 0 }),
    });
    await driven.fail(3);
    const waits = [wait(driven)];
    for (let i = 0; i < 3; i++) {
      driven.clock.advance(wait(driven));
      await driven.fail();
      waits.push(wait(driven));
    }
    expect(waits).toEqual([10_000, 20_000, 35_000, 35_000]);
  });

  test("begins anew after a healthy spell longer than the last opening", async () => {
    const driven = new DrivenCircuit({
      resetTimeout: "10s",
      resetBackoff: exponentialBackoff({ jitter: 0 }),
    });
    await driven.fail(3);
    driven.clock.advance("10s");
    await driven.fail();
    expect(wait(driven)).toBe(20_000);
    driven.clock.advance("20s");
    await driven.succeed(2);
    driven.clock.advance("21s");
    await driven.fail(3);
    expect(wait(driven)).toBe(10_000);
  });

  test("jitter stays within its share", () => {
    const backoff = exponentialBackoff({ jitter: 0.1 });
    expect(backoff(1000, 1, 0)).toBe(900);
    expect(backoff(1000, 1, 1)).toBe(1100);
    expect(backoff(1000, 2, 0.5)).toBe(2000);
  });

  test.each([[{ factor: 0.5 }], [{ factor: NaN }], [{ max: "long" }], [{ jitter: 2 }], [{ jitter: -1 }]])(
    "%j is refused",
    (options) => {
      expect(() => exponentialBackoff(options as never)).toThrow(/"resetBackoff\.(factor|max|jitter)"/);
    },
  );
});

test("a function of the trip decides by itself", async () => {
  const driven = new DrivenCircuit({ resetBackoff: (resetTimeoutMs, trips) => resetTimeoutMs + trips * 7 });
  await driven.fail(3);
  expect(wait(driven)).toBe(60_007);
});

test("the upstream's longer Retry-After wins, up to its cap, on 429 and 503", async () => {
  for (const [status, asked, expected] of [
    [503, "300", 300_000],
    [429, "300", 300_000],
    [503, "10", 60_000],
    [503, "99999", 400_000],
    [503, "soon", 60_000],
  ] as const) {
    const name = `asks ${status} ${asked}`;
    const fetch = createProtectedFetch({
      name,
      clock: testClock(),
      failureThreshold: 1,
      maxRetryAfter: "400s",
      fetch: () => Promise.resolve(new Response(null, { status, headers: { "retry-after": asked } })),
    });
    await fetch("http://a.test");
    expect(circuits.get(name)!.snapshot().retryAfter).toBe(expected);
  }
});
