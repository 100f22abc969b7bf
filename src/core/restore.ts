import { closed } from "./machine.ts";
import type { CircuitState, Phase } from "./phase.ts";
import type { Policy } from "./policy.ts";

/** What a snapshot says of a phase. It comes from another process, perhaps another version: nothing is believed. */
export interface Remembered {
  readonly state: CircuitState;
  readonly retryAfter: number;
  readonly forced?: boolean | undefined;
}

/** No remembered opening lasts longer than this. */
const longestMs = 24 * 3_600_000;

/**
 * The phase in which a remembered circuit goes on: what remains of an opening, not all of it again. A half-open
 * one goes on open for a random part of its reset timeout: were it half-open, every copy of a snapshot would send
 * its own trials.
 *
 * @param elapsedMs how long ago it was remembered
 */
export function restored(
  seen: Remembered,
  policy: Policy,
  now: number,
  elapsedMs: number,
  random: number,
): Phase {
  if (seen.state !== "open" && seen.state !== "half-open") return closed(0, policy, now);
  const remaining = seen.state === "open" ? seen.retryAfter - elapsedMs : policy.resetTimeoutMs * random;
  const openMs = Math.min(Math.max(0, Number(remaining) || 0), longestMs);
  const until = seen.forced === true && seen.state === "open" ? Infinity : now + openMs;
  return { state: "open", generation: 1, trips: 1, since: now, until };
}
