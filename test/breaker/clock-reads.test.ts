import { beforeEach, expect, test } from "vitest";
import { protect, type ProtectOptions } from "../../src/index.ts";
import { failureRate } from "../../src/options.ts";
import { memoryStore, shareStore } from "../../src/store.ts";
import { resetCircuits } from "../../src/testing.ts";

beforeEach(resetCircuits);

/** How often the clock is read in a call that succeeds, after others that did. */
async function reads(options: Partial<ProtectOptions<[], number>> = {}): Promise<number> {
  let times = 0;
  const clock = { now: () => (times++, 0) };
  const call = protect(() => Promise.resolve(1), { name: "read", clock, ...options });
  for (let each = 0; each < 3; each++) await call();
  times = 0;
  await call();
  return times;
}

test("a success that changes nothing reads no clock", async () => {
  expect(await reads()).toBe(0);
});

test.each<[string, Partial<ProtectOptions<[], number>>]>([
  ["a listener", { on: () => {} }],
  ["a store", { store: shareStore(memoryStore()) }],
  ["a rule over a window", { opensOn: failureRate({ threshold: 0.5 }) }],
])("with %s a call reads it", async (_what, options) => {
  expect(await reads(options)).toBeGreaterThan(0);
});
