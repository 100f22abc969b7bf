import type { CallWatch } from "./call-watch.ts";
import { isHeldClosed, refused } from "./machine.ts";
import type { WatchedPermit } from "./phase.ts";
import type { Policy } from "./policy.ts";

/** A shed call may come again soon: the dice may fall otherwise. */
const shedRetryMs = 1000;

/**
 * A part of every rule with `starts` or `sheds`: the circuit then asks them before it lets a call through.
 *
 * @example
 * const rule: OpeningRule = { ...mine, sheds: (tally, now, random) => random < 0.1, watch: watchedCalls };
 */
export const watchedCalls: CallWatch = {
  admit(phase, policy, now, random) {
    const { opensOn, ramp } = policy as Policy;
    if (!isHeldClosed(phase, now)) {
      const isShed =
        opensOn.sheds?.(phase.tally, now, random) ||
        (phase.trips > 0 && ramp?.isShed(now - phase.since, random));
      if (isShed) return refused(phase, "shed", shedRetryMs, policy as Policy);
    }
    const token = opensOn.starts?.(phase.tally, now);
    return { phase, decision: { generation: phase.generation, kind: opensOn.kind, token } };
  },

  withoutToken(phase, permit, policy) {
    const { opensOn } = policy as Policy;
    const { generation, kind, token } = permit as Partial<WatchedPermit> & typeof permit;
    if (kind === undefined) return permit;
    // Rules may have changed under way: another one cannot read the token.
    if (phase.state === "closed" && generation === phase.generation && kind === opensOn.kind) {
      opensOn.ends?.(phase.tally, token);
    }
    return { generation, kind: "", token: undefined };
  },
};
