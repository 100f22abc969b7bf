import { expect, test } from "vitest";
import { callWindow, timeWindow, type Window } from "../../src/core/window.ts";
import { collectGarbage } from "../http/collect-garbage.ts";

/** What one of many weighs. */
async function bytesEach(make: () => Window, count: number): Promise<number> {
  const weigh = async (): Promise<number> => {
    await collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = await weigh();
  const kept = Array.from({ length: count }, make);
  for (const window of kept) window.add(true, 1);
  const bytes = ((await weigh()) - before) / count;
  expect(kept).toHaveLength(count);
  return bytes;
}

test("a window of time takes a few hundred bytes", async () => {
  expect(await bytesEach(() => timeWindow(10_000), 10_000)).toBeLessThan(1000);
});

test("a window of calls takes a byte for each, and little more", async () => {
  const bytes = await bytesEach(() => callWindow(10_000), 1000);
  expect(bytes).toBeGreaterThan(9_900);
  expect(bytes).toBeLessThan(10_700);
});
