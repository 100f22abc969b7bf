import type { Phase } from "./phase.ts";
import type { Policy } from "./policy.ts";

/** Carries a phase over to another policy: counters and state survive. */
export function adopt(phase: Phase, before: Policy, policy: Policy, now: number): Phase {
  switch (phase.state) {
    case "closed":
      return before.opensOn.kind === policy.opensOn.kind
        ? phase
        : { ...phase, tally: policy.opensOn.begin(now) };
    case "open":
      return before.resetTimeoutMs === policy.resetTimeoutMs || phase.until === Infinity
        ? phase
        : { ...phase, until: phase.since + policy.openMs(phase.trips, {}) };
    case "half-open":
      return phase;
  }
}
