import { describe, expect, test } from "vitest";
import type { FleetReply } from "../../src/core/fleet-record.ts";
import type { View } from "../../src/core/member.ts";
import { resolvePolicy } from "../../src/core/policy.ts";
import { afterOpeningMs } from "../../src/core/trial-pace.ts";

describe("after an opening", () => {
  const askAfterMs = (resetTimeout: number, isCause: boolean, random: number): number => {
    const policy = resolvePolicy({ resetTimeout }, 10_000);
    const reply = { waitMs: resetTimeout, trips: 1 } as FleetReply;
    return afterOpeningMs(reply, isCause, { policy, random } as View);
  };

  test("the isolate that opened it asks for a trial at once", () => {
    expect(askAfterMs(60_000, true, 1)).toBe(0);
  });

  test.each([
    [4000, 200],
    [10_000, 500],
    [60_000, 500],
  ])(
    "of %i ms the others ask within a twentieth of it, half a second at most: %i ms",
    (resetTimeout, latestMs) => {
      expect(askAfterMs(resetTimeout, false, 0)).toBe(0);
      expect(askAfterMs(resetTimeout, false, 0.5)).toBe(latestMs / 2);
      expect(askAfterMs(resetTimeout, false, 1)).toBe(latestMs);
    },
  );
});
