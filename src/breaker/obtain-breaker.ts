import { tellOnce } from "../runtime/environment.ts";
import { boundedName } from "./bounded-name.ts";
import { type Breaker, createBreaker, emit, isHeard } from "./breaker.ts";
import { hasRoom, overflow } from "./eviction.ts";
import { giveOptions } from "./options-in-force.ts";
import { liveBreaker, registry } from "./registry.ts";
import type { ResolvedCircuitOptions } from "./resolved-options.ts";

/** The breaker of this name, made when there is none. It is given the options, unless it has been. */
export function obtainBreaker(
  name: string,
  options: ResolvedCircuitOptions,
  rank: number,
  alreadyGiven?: WeakSet<Breaker>,
): Breaker {
  const { breakers, listeners, capacity } = registry();
  let key = boundedName(name);
  let breaker = liveBreaker(key);
  if (!breaker && !hasRoom()) {
    tellOnce(
      () =>
        `[too-many-circuits] more than ${capacity} circuits are needed: further names share "${overflow}".`,
    );
    breaker = liveBreaker((key = overflow));
  }
  if (breaker && alreadyGiven?.has(breaker)) return breaker;
  const isNew = !breaker;
  breaker ??= createBreaker(key, options.policy, options.clock, listeners);
  breakers.set(key, breaker);
  alreadyGiven?.add(breaker);
  giveOptions(breaker, options, rank);
  // What many names share is nobody's in other isolates, and stays once it is needed.
  if (key === overflow) breaker.kept = true;
  else breaker.fleet ??= options.store?.attach(breaker);
  if (isNew) {
    const phase = options.initial?.begin(key, breaker.policy, breaker.clock.now());
    if (phase) breaker.phase = phase;
    if (isHeard(breaker)) emit(breaker, { type: "circuit.created", circuit: key });
  }
  return breaker;
}
