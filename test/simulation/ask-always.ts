import { become } from "../../src/breaker/phase-change.ts";
import { type Breaker } from "../../src/breaker/breaker.ts";
import type { SharedCircuit } from "../../src/breaker/shared-circuit.ts";
import type { FleetReply, OwnRequest } from "../../src/core/fleet-record.ts";
import { closed } from "../../src/core/machine.ts";
import type { FleetRules } from "../../src/core/fleet-rules.ts";
import { fleetRequest } from "../../src/sharing/fleet-request.ts";
import type { GuardedStore } from "../../src/sharing/guarded-store.ts";

let reporters = 0;

/** For comparison: a breaker whose state lives in the store, asked before each call and told after each. */
export function askAlways(breaker: Breaker, store: GuardedStore, rules: FleetRules): SharedCircuit {
  const reporter = ++reporters;
  let sequence = 0;
  let run = 0;
  let mayTry = false;
  const ask = (own: OwnRequest): Promise<FleetReply | undefined> =>
    store.for(breaker.name).ask(fleetRequest(own, breaker.policy, rules, undefined, () => 0.5, reporter));
  const follow = (reply: FleetReply | undefined): void => {
    if (!reply) return;
    const { phase, policy, clock } = breaker;
    const now = clock.now();
    const generation = phase.generation + 1;
    if (reply.state === "closed" && phase.state !== "closed") {
      become(breaker, closed(generation, policy, now), "fleet");
    } else if (reply.state !== "closed" && phase.state !== "open") {
      become(
        breaker,
        { state: "open", generation, trips: 1, since: now, until: now + reply.waitMs },
        "fleet",
      );
    }
    mayTry = reply.state === "half-open";
  };
  return {
    async beforeCall() {
      follow(await ask({ type: "read" }));
    },
    admit() {
      const { phase, clock, policy } = breaker;
      if (phase.state !== "open") return undefined;
      if (mayTry) return { generation: phase.generation, deadline: clock.now() + policy.trialLeaseMs };
      return { reason: "open", retryAfterMs: 1000 };
    },
    afterCall({ verdict }) {
      run = verdict === "failure" ? run + 1 : 0;
      if (mayTry && verdict === "success") void ask({ type: "close", isForced: false }).then(follow);
      // One failure is a full report here: the store counts.
      else
        void ask({ type: "report", reporter, sequence: ++sequence, run: run && run + 1, seen: -1 }).then(
          follow,
        );
    },
    command: () => {},
    isDegraded: () => false,
    isForced: () => false,
  };
}
