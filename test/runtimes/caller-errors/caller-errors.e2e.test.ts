import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BrokenUpstream, startBrokenUpstream } from "./broken-upstream.ts";
import { calls, exceptions } from "./calls.ts";
import { homes } from "./homes.ts";
import type { Outcome } from "./perform.ts";

describe.each(homes)("in $runtime", ({ runtime, perform, missing }) => {
  let upstream: BrokenUpstream | undefined;
  let outcomes: Map<string, Outcome>;

  beforeAll(async () => {
    if (missing !== undefined) return;
    upstream = await startBrokenUpstream();
    // Without its function, which no message carries.
    const { origin, untrustedOrigin, refusedOrigin } = upstream;
    const performed = await perform({ origin, untrustedOrigin, refusedOrigin });
    outcomes = new Map(performed.map((outcome) => [outcome.name, outcome]));
  }, 180_000);
  afterAll(() => upstream?.close());

  test.for(calls)("$name is the doing of the $whose", ({ name, whose, unlike, mayHang }, { skip }) => {
    if (missing !== undefined) skip(missing);
    const right = whose === "upstream" ? "failed" : "not failed";
    const other = whose === "upstream" ? "not failed" : "failed";
    const { counted, got } = outcomes.get(name)!;
    if (mayHang && got === "200 stale") skip("this release of Node hangs here");
    // The text says what the runtime threw, where it has changed its words.
    expect(`${counted}: ${got}`).toBe(`${unlike[runtime] === undefined ? right : other}: ${got}`);
  });
});

test("every call has a name of its own, and every exception is one of a call", () => {
  const names = calls.map(({ name }) => name);
  expect(new Set(names).size).toBe(calls.length);
  for (const exception of exceptions) expect(names).toContain(exception);
});
