import { leaseOf } from "../core/lease.ts";
import { admit, look } from "../core/machine.ts";
import { isRefusal, type Refusal } from "../core/refusal.ts";
import type { Permit } from "../core/phase.ts";
import { random } from "../runtime/random.ts";
import { callBegan, expireCalls } from "#request-end";
import type { AdmittedCall } from "./admitted-call.ts";
import { releasePlace } from "./settle-call.ts";
import { become } from "./phase-change.ts";
import { type Breaker, emit, isHeard } from "./breaker.ts";

/** Who asks. */
export interface Asking {
  /** How long its calls may take at most. */
  readonly timeoutMs: number;
}

/**
 * Asks for a call. Of a shared circuit the fleet is asked first where it may know more; then the answer is a promise.
 *
 * @param observes a refusal is told, and the call let through all the same
 * @param args what events tell of the call's arguments
 * @param mayWait false where waiting is not allowed: in a prerender this isolate decides by what it knows
 */
export function askForCall(
  breaker: Breaker,
  asking: Asking,
  observes: boolean,
  mayWait: boolean,
  args?: readonly unknown[],
): AdmittedCall | Refusal | Promise<AdmittedCall | Refusal> {
  breaker.passStreams?.();
  const consulted = breaker.fleet?.beforeCall(
    mayWait,
    leaseOf(asking.timeoutMs, breaker.policy.resetTimeoutMs),
  );
  return consulted && mayWait
    ? consulted.then(() => admitCall(breaker, asking, observes, args))
    : admitCall(breaker, asking, observes, args);
}

/** Asks for a call of this isolate. */
function admitCall(
  breaker: Breaker,
  asking: Asking,
  observes: boolean,
  args?: readonly unknown[],
): AdmittedCall | Refusal {
  breaker.touched = true;
  breaker.observes = observes;
  const { totals, policy } = breaker;
  const leaseMs = leaseOf(asking.timeoutMs, policy.resetTimeoutMs);
  const asked = ask(breaker, leaseMs);
  const decision = policy.probe?.decide(breaker, asked, leaseMs, () => ask(breaker, leaseMs)) ?? asked;
  if (isRefusal(decision)) {
    if (!observes) totals.refused++;
    if (isHeard(breaker)) {
      const { reason, retryAfterMs } = decision;
      emit(breaker, {
        type: "call.refused",
        circuit: breaker.name,
        reason,
        retryAfter: retryAfterMs,
        observed: observes,
        ...(args && { args }),
      });
    }
    if (!observes) return decision;
    totals.observed++;
  }
  totals.allowed++;
  breaker.inFlight++;
  const isTimed = policy.opensOn.timed || breaker.fleet || isHeard(breaker);
  const call: AdmittedCall = {
    breaker,
    permit: isRefusal(decision) ? undefined : decision,
    startedMs: isTimed ? breaker.clock.now() : NaN,
    leaseMs,
    holdsPlace: true,
    isSettled: false,
    args,
  };
  callBegan(call);
  if (isHeard(breaker)) emit(breaker, { type: "call.allowed", circuit: breaker.name, ...(args && { args }) });
  return call;
}

function ask(breaker: Breaker, leaseMs: number): Permit | Refusal {
  const { policy } = breaker;
  expireCalls(breaker, releasePlace);
  if (breaker.inFlight >= policy.maxConcurrent) {
    const after = look(breaker.phase, policy, breaker.clock.now(), random());
    if (after.state !== "open") return full;
    // Calls that hang took the places: the rule that counts them is asked all the same.
    if (breaker.phase.state === "closed") become(breaker, after, "calls");
  }
  const { phase } = breaker;
  if (phase.state === "closed" && !policy.watch) return phase;
  const decided = breaker.fleet?.admit(leaseMs);
  if (decided) return decided;
  const admission = admit(phase, policy, breaker.clock.now(), random(), leaseMs);
  // A rule that was asked may have steered the circuit by itself: then that holds.
  if (breaker.phase === phase) become(breaker, admission.phase, phase.state === "closed" ? "calls" : "time");
  return admission.decision;
}

/** A place may be free again at any moment. */
const full: Refusal = { reason: "full", retryAfterMs: 1000 };
