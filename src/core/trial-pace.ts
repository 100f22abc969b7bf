import type { FleetReply } from "./fleet-record.ts";
import type { View } from "./member.ts";
import { retryLeaseMs } from "./member-trials.ts";

/*
 * When an isolate asks for a trial. All isolates of a fleet hear the same word: without dice they would ask in one
 * burst, for two places.
 */

/** An opening ends for all at the same moment: they come one by one, within this part of the reset timeout. */
const spreadPart = 0.05;
const longestSpreadMs = 500;

/** A trial that has run for long may run for as long again; but it may as well be over. */
const longestPauseMs = 2000;

/**
 * After the end of an opening. Who has opened it is the first, and asks at once.
 *
 * @param isCause whether the isolate has told of what may have opened it
 */
export function afterOpeningMs(
  { waitMs, trips }: FleetReply,
  isCause: boolean,
  { policy, random }: View,
): number {
  const hasJustOpened = waitMs >= policy.openMs(trips, { random: 1 });
  if (isCause && hasJustOpened) return 0;
  return Math.min(policy.resetTimeoutMs * spreadPart, longestSpreadMs) * random;
}

/** Half-open, as somebody hears who has not asked for a place. */
export function forPlaceMs({ waitMs }: FleetReply, { random }: View): number {
  return Math.min(waitMs, retryLeaseMs) * (0.5 + random);
}

/**
 * After the places were taken.
 *
 * @param leaseMs for which a place was asked: what others have left of theirs tells how long their trials have run
 */
export function refusedMs(leaseMs: number, { waitMs }: FleetReply, { policy, rules, random }: View): number {
  const runMs = leaseMs + rules.storeTimeoutMs - waitMs;
  // Where trials are paced the next may be far away.
  const pacedMs = Math.min(waitMs, policy.trials.everyMs);
  const pauseMs = Math.max(retryLeaseMs, pacedMs, Math.min(runMs, waitMs, longestPauseMs));
  return pauseMs * (0.5 + random);
}

/** After silence. */
export function afterSilenceMs({ random }: View): number {
  return retryLeaseMs * (0.5 + random);
}
