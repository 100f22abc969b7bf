import type { FleetRequest, OwnRequest } from "../core/fleet-record.ts";
import type { FleetRules } from "../core/fleet-rules.ts";
import { thresholdOf } from "../core/member.ts";
import { longestMs, openings } from "../core/member-follow.ts";
import type { Policy } from "../core/policy.ts";

/** A request with all that the script has to know: it keeps no options of its own. */
export function fleetRequest(
  own: OwnRequest,
  policy: Policy,
  rules: FleetRules,
  retryAfterMs: number | undefined,
  random: () => number,
  life: number,
  commandedMs?: number,
): FleetRequest {
  const openMs = openings.map((trips) =>
    Math.round(commandedMs ?? policy.openMs(trips, { retryAfterMs, random: random() })),
  );
  return {
    life,
    quorum: rules.quorum,
    threshold: thresholdOf(policy),
    sharePercent: rules.sharePercent,
    windowMs: rules.windowMs,
    openMs,
    longestMs: Math.max(longestMs(policy), ...openMs),
    trials: policy.halfOpenRetries,
    // Whoever gets the grant late still ends before the place goes to somebody else.
    leaseMs: Math.round(policy.trialLeaseMs + rules.patienceMs),
    ...own,
  };
}
