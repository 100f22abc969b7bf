import type { FleetRequest, OwnRequest } from "../core/fleet-record.ts";
import type { FleetRules } from "../core/fleet-rules.ts";
import { thresholdOf } from "../core/member.ts";
import { longestOpeningMs, openings } from "../core/member-follow.ts";
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
  const { trials } = policy;
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
    longestOpeningMs: Math.max(longestOpeningMs(policy), ...openMs),
    trials: trials.successes,
    concurrent: trials.concurrent,
    tolerated: trials.tolerated,
    everyMs: Math.round(trials.everyMs),
    stayMs: trials.longestStayMs === Infinity ? 0 : Math.ceil(trials.longestStayMs),
    ...own,
    // Whoever gets the grant late, or has to wait before using it, still ends before the place goes to somebody else.
    ...(own.type === "lease" && {
      leaseMs: Math.round(own.leaseMs + rules.storeTimeoutMs + (own.aheadMs ?? 0)),
      aheadMs: Math.round(own.aheadMs ?? 0),
    }),
  };
}
