import { expect, test } from "vitest";
import { resolvePolicy } from "../../src/core/policy.ts";
import { restored } from "../../src/core/restore.ts";

const policy = resolvePolicy({ resetTimeout: "30s" }, 10_000);
const longestOpeningMs = 24 * 3_600_000;

test.each<[string, Parameters<typeof restored>[0], number]>([
  ["what remains of it", { state: "open", retryAfter: 20_000 }, 15_000],
  ["nothing of one that is over", { state: "open", retryAfter: 4000 }, 0],
  ["no more than a day of one that is out of bounds", { state: "open", retryAfter: 1e15 }, longestOpeningMs],
  ["nothing of one that is no number", { state: "open", retryAfter: "soon" as never }, 0],
  ["no end of one for good", { state: "open", retryAfter: 30_000, forced: true }, Infinity],
  [
    "an end of one that is for good by a word",
    { state: "open", retryAfter: 20_000, forced: 1 as never },
    15_000,
  ],
  [
    "a random part of the reset timeout of one that was half-open",
    { state: "half-open", retryAfter: 0 },
    7500,
  ],
  ["the same of one that was half-open for good", { state: "half-open", retryAfter: 0, forced: true }, 7500],
])("an opening that is restored has %s", (_what, seen, remainingMs) => {
  expect(restored(seen, policy, 1000, 5000, 0.25)).toEqual({
    state: "open",
    generation: 1,
    trips: 1,
    since: 1000,
    until: 1000 + remainingMs,
  });
});

test.each<[string, object, number | undefined]>([
  ["for good", {}, Infinity],
  ["for what remains", { heldMs: 9000 }, 5000],
  ["no more when it is over", { heldMs: 4000 }, undefined],
  ["no more when nobody can say for how long", { heldMs: "soon" }, undefined],
])("a circuit that was held closed is held %s", (_what, more, remainingMs) => {
  const seen = { state: "closed", retryAfter: 0, forced: true, ...more } as const;
  const { heldUntil } = restored(seen, policy, 1000, 4000, 0.5) as { heldUntil?: number };
  expect(heldUntil).toBe(remainingMs === undefined ? undefined : 1000 + remainingMs);
});

test.each(["closed", "ajar", "", undefined])("a circuit that was %j is closed", (state) => {
  const phase = restored({ state: state as never, retryAfter: 20_000 }, policy, 1000, 0, 0.5);
  expect(phase).toMatchObject({ state: "closed", generation: 0, since: 1000 });
});
