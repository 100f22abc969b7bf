import type { Figures } from "./figures.ts";
import { closed } from "./machine.ts";
import type { OpeningRule } from "./opening-rule.ts";
import type { CircuitState, Phase } from "./phase.ts";
import type { Policy } from "./policy.ts";

/** What a snapshot says of a phase. It comes from another process, perhaps another version: nothing is believed. */
export interface Remembered {
  readonly state: CircuitState;
  readonly retryAfter: number;
  readonly forced?: boolean | undefined;
  readonly heldMs?: number | undefined;
  readonly openings?: number | undefined;
  readonly figures?: Figures | undefined;
}

/** No remembered opening lasts longer than this. */
const longestOpeningMs = 24 * 3_600_000;

/** No more calls than a window holds. */
const mostCalls = 10_000;

/** No back-off is longer for more. */
const mostOpenings = 64;

/**
 * The phase in which a remembered circuit goes on: with its openings in a row and what its rule had counted; with what
 * remains of an opening, not all of it again. A half-open one goes on open for a random part of its reset timeout: were
 * it half-open, every copy of a snapshot would send its own trials.
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
  const trips = whole(seen.openings, mostOpenings);
  if (seen.state !== "open" && seen.state !== "half-open") {
    const tally = resumed(policy.opensOn, seen.figures, now - elapsedMs, now);
    const phase = { ...closed(0, policy, now, trips), tally };
    if (seen.state !== "closed" || seen.forced !== true) return phase;
    const heldMs = seen.heldMs === undefined ? Infinity : Number(seen.heldMs) - elapsedMs;
    return heldMs > 0 ? { ...phase, heldUntil: now + heldMs } : phase;
  }
  const remaining = seen.state === "open" ? seen.retryAfter - elapsedMs : policy.resetTimeoutMs * random;
  const openMs = Math.min(Math.max(0, Number(remaining) || 0), longestOpeningMs);
  const until = seen.forced === true && seen.state === "open" ? Infinity : now + openMs;
  return { state: "open", generation: 1, trips: Math.max(1, trips), since: now, until };
}

/** The tally that a rule would have, had it seen calls of these figures at that time. */
function resumed(rule: OpeningRule, figures: Figures | undefined, at: number, now: number): unknown {
  if (figures?.rule !== rule.kind) return rule.begin(now);
  if (rule.resume) return rule.resume(figures, (part, its) => resumed(part, its, at, now));
  const failures = whole(figures.failures, mostCalls);
  const calls = Math.max(failures, whole(figures.calls, mostCalls));
  const inARow = Math.min(failures, whole(figures.consecutiveFailures, mostCalls));
  let tally = rule.begin(at);
  const record = (verdict: "success" | "failure", times: number): void => {
    for (let call = 0; call < times; call++) {
      // Of slow calls the figures are the slow ones.
      tally = rule.record(tally, verdict, at, verdict === "failure" ? Infinity : 0);
    }
  };
  record("failure", failures - inARow);
  record("success", calls - failures);
  record("failure", inARow);
  return tally;
}

/** A whole number within its bounds, whatever came. */
function whole(value: unknown, most: number): number {
  return typeof value === "number" ? Math.min(Math.max(0, Math.floor(value) || 0), most) : 0;
}
