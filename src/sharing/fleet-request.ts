import type { FleetRequest, OwnRequest } from "../core/fleet-record.ts";
import type { Policy } from "../core/policy.ts";

/** How the isolates of a fleet agree. */
export interface FleetRules {
  /** Distinct isolates with bad samples that it takes to open the fleet. */
  readonly quorum: number;
  /** Share of bad samples that it takes, in percent. */
  readonly sharePercent: number;
  /** How long a report counts. */
  readonly windowMs: number;
  /** The longest that a call waits for the store. */
  readonly boundMs: number;
  /** The longest that an answer can be on its way. */
  readonly patienceMs: number;
  /** How often an isolate that has nothing to tell asks all the same, while it has calls. */
  readonly heartbeatMs: number;
}

/** Openings in a row of which the fleet's record knows the length; further ones last as long as the last. */
const openings = [1, 2, 3, 4, 5, 6, 7, 8];

/** Failures in a row by which a circuit opens, as far as its rule counts them. */
export function thresholdOf({ options }: Policy): number {
  return Math.max(options.failureThreshold ?? 3, 2);
}

/** A request with all that the script has to know: it keeps no options of its own. */
export function fleetRequest(
  own: OwnRequest,
  policy: Policy,
  rules: FleetRules,
  retryAfterMs: number | undefined,
  random: () => number,
): FleetRequest {
  const openMs = openings.map((trips) =>
    Math.round(policy.openMs(trips, { retryAfterMs, random: random() })),
  );
  const { maxRetryAfter } = policy.options;
  return {
    life: randomNumber(random),
    quorum: rules.quorum,
    threshold: thresholdOf(policy),
    sharePercent: rules.sharePercent,
    windowMs: rules.windowMs,
    openMs,
    longestMs: Math.round(Math.max(...openMs, Number(maxRetryAfter))),
    trials: policy.halfOpenRetries,
    // Whoever gets the grant late still ends before the place goes to somebody else.
    leaseMs: Math.round(policy.trialLeaseMs + rules.patienceMs),
    ...own,
  };
}

/** A positive whole number that every store and every client keeps exactly. */
export function randomNumber(random: () => number): number {
  return 1 + Math.floor(random() * (2 ** 31 - 1));
}
