import { deepStrictEqual } from "node:assert";
import { afterAll, beforeAll, vi } from "vitest";
import { resetCircuits } from "../../src/testing.ts";

const found = atHand();

/** Unit tests share a process, and so circuits: each file begins with none, and leaves all as it found it. */
beforeAll(resetCircuits);

afterAll(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
  // Else the next file fails, where nobody would look for the reason.
  deepStrictEqual(atHand(), found);
});

function atHand(): object {
  const { fetch, setTimeout, clearTimeout, process } = globalThis;
  return { fetch, setTimeout, clearTimeout, env: { ...process.env } };
}
