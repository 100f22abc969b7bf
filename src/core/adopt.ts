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
      // How much longer it is than the options made it, at one end of chance.
      const beyond = (random: number): number => until - since - before.openMs(trips, { random });
      // A length that they cannot have made was told: by a command, by the fleet, by the upstream's `Retry-After`.
      const isTold = beyond(0) < -1 || beyond(1) > 1;
      return isTold ? phase : { ...phase, until: since + policy.openMs(trips, {}) };
    }
    case "half-open":
      return phase;
  }
}
