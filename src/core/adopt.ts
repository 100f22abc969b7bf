import type { Phase } from "./phase.ts";
import type { Policy } from "./policy.ts";

/**
 * Carries a phase over to another policy: counters and state survive. What remains of an opening follows the new options
 * where the old ones had made it.
 */
export function adopt(phase: Phase, before: Policy, policy: Policy, now: number): Phase {
  switch (phase.state) {
    case "closed":
      return before.opensOn.kind === policy.opensOn.kind
        ? phase
        : { ...phase, tally: policy.opensOn.begin(now) };
    case "open": {
      if (before.resetTimeoutMs === policy.resetTimeoutMs) return phase;
      const { since, until, trips } = phase;
      const own = (random: number): number => before.openMs(trips, { random });
      const ms = until - since;
      // A length that no option has made was told: by a command, by the fleet, by the upstream's `Retry-After`.
      const isTold = ms < own(0) - 1 || ms > own(1) + 1;
      return isTold ? phase : { ...phase, until: since + policy.openMs(trips, {}) };
    }
    case "half-open":
      return phase;
  }
}
