import { type Breaker, emit, isHeard } from "../breaker/breaker.ts";
import type { FleetReply, OwnRequest } from "../core/fleet-record.ts";
import { type FleetRules, fleetRequest } from "./fleet-request.ts";
import type { GuardedStore } from "./guarded-store.ts";

/** Asks the store in the name of one circuit, and tells when it is lost and found. */
export interface FleetQuestions {
  /** `undefined` where there is no answer, or a later one has overtaken it. */
  ask(own: OwnRequest, retryAfterMs: number | undefined): Promise<FleetReply | undefined>;
  /** When it was last asked. */
  readonly lastAt: number;
}

export function createFleetQuestions(
  breaker: Breaker,
  { store, rules, random }: { store: GuardedStore; rules: FleetRules; random: () => number },
): FleetQuestions {
  let asked = 0;
  let answered = 0;
  let lastAt = -Infinity;
  let wasDegraded = false;

  function tellOfStore(): void {
    const isDegraded = store.isDegraded();
    if (isDegraded !== wasDegraded && isHeard(breaker)) {
      emit(breaker, { type: isDegraded ? "store.failed" : "store.recovered", circuit: breaker.name });
    }
    wasDegraded = isDegraded;
  }

  return {
    get lastAt() {
      return lastAt;
    },
    async ask(own, retryAfterMs) {
      const number = ++asked;
      lastAt = breaker.clock.now();
      const request = fleetRequest(own, breaker.policy, rules, retryAfterMs, random);
      const reply = await store.ask(breaker.name, request);
      tellOfStore();
      // A grant is heard however late it comes: somebody has to give it back.
      if (reply === undefined || (number < answered && !reply.isGranted)) return undefined;
      answered = Math.max(answered, number);
      return reply;
    },
  };
}
