import { CircuitOpenError } from "../core/circuit-open-error.ts";
import { admit, changesNothing, type Refusal, settle } from "../core/machine.ts";
import type { Permit } from "../core/phase.ts";
import type { Evidence } from "../core/policy.ts";
import type { Verdict } from "../core/verdict.ts";
import { throwDice } from "../runtime/dice.ts";
import { leanError } from "../runtime/environment.ts";
import { become, type Breaker, changed, emit, isHeard } from "./breaker.ts";

/**
 * Asks for a call. Of a shared circuit the fleet is asked first where it may know more; then the answer is a promise.
 *
 * @param mayWait false where waiting is not allowed: in a prerender this isolate decides by what it knows
 */
export function askForCall(
  breaker: Breaker,
  observed: boolean,
  mayWait: boolean,
): Permit | Refusal | Promise<Permit | Refusal> {
  const consulted = breaker.fleet?.consult(mayWait);
  return consulted && mayWait
    ? consulted.then(() => admitCall(breaker, observed))
    : admitCall(breaker, observed);
}

/** Asks for a call of this isolate: a permit, or a refusal. */
export function admitCall(breaker: Breaker, observed: boolean): Permit | Refusal {
  breaker.touched = true;
  breaker.observes = observed;
  const asked = ask(breaker);
  const answer = breaker.policy.probe ? probed(breaker, asked) : asked;
  if (answer.generation === undefined) {
    breaker.totals.refused++;
    if (observed) breaker.observed++;
    if (isHeard(breaker)) {
      const { reason, retryAfterMs } = answer;
      emit(breaker, {
        type: "call.refused",
        circuit: breaker.name,
        reason,
        retryAfter: retryAfterMs,
        observed,
      });
    }
  } else {
    breaker.totals.allowed++;
    breaker.inFlight++;
    if (isHeard(breaker)) emit(breaker, { type: "call.allowed", circuit: breaker.name });
  }
  return answer;
}

function ask(breaker: Breaker): Permit | Refusal {
  const { phase, policy } = breaker;
  if (breaker.inFlight >= policy.maxConcurrent) return { reason: "full", retryAfterMs: fullRetryMs };
  if (phase.state === "closed" && !policy.watches) return phase;
  const decided = breaker.fleet?.decide();
  if (decided) return decided;
  const admission = admit(phase, policy, breaker.clock.now(), throwDice());
  become(breaker, admission.phase, phase.state === "closed" ? "calls" : "time");
  return admission.answer;
}

/** A trial's place goes to the probe, and the call is refused; the next place as well, as long as probes pass. */
function probed(breaker: Breaker, answer: Permit | Refusal): Permit | Refusal {
  if (breaker.phase.state !== "half-open" || answer.generation === undefined) return answer;
  const started = startedAt(breaker);
  let isOver = false;
  const settleProbe = (verdict: Verdict, failure?: unknown): void => {
    if (isOver) return;
    isOver = true;
    breaker.inFlight++; // no call of a visitor: it holds no place
    settleCall(breaker, answer, verdict === "success" ? verdict : "failure", started, failure);
    if (verdict === "success" && breaker.phase.state === "half-open") probed(breaker, ask(breaker));
  };
  try {
    breaker.policy.probe!(settleProbe);
  } catch (error) {
    settleProbe("failure", error);
  }
  return { reason: "half-open", retryAfterMs: fullRetryMs };
}

/** A place may be free again at any moment. */
const fullRetryMs = 1000;

/** The moment a call started, where anybody wants to know how long it took. */
export function startedAt(breaker: Breaker): number {
  return breaker.policy.opensOn.timed || breaker.fleet || isHeard(breaker) ? breaker.clock.now() : NaN;
}

/** Hands a permit back with what came of the call, as soon as that is known. */
export function settleCall(
  breaker: Breaker,
  permit: Permit,
  verdict: Verdict | Promise<Verdict>,
  started: number,
  failure?: unknown,
  retryAfterMs?: number,
): void {
  if (typeof verdict !== "string") {
    void verdict.then((late) => settleCall(breaker, permit, late, started, failure, retryAfterMs));
    return;
  }
  const { clock, totals, phase, policy } = breaker;
  if (!breaker.fleet && !isHeard(breaker) && changesNothing(phase, permit, verdict, policy)) {
    breaker.inFlight--;
    totals.succeeded++;
    return;
  }
  const now = clock.now();
  breaker.inFlight--;
  let evidence: Evidence | undefined;
  if (verdict === "success") totals.succeeded++;
  else if (verdict === "ignored") totals.ignored++;
  else {
    totals.failed++;
    breaker.lastFailure = failure;
    evidence = { durationMs: now - started, retryAfterMs, random: throwDice() };
  }
  if (policy.opensOn.timed) evidence ??= { durationMs: now - started };
  const after = settle(phase, permit, verdict, policy, now, evidence);
  // The phase first, then the word of it: a listener sees the circuit as it is.
  breaker.phase = after;
  if (isHeard(breaker)) {
    const call = { circuit: breaker.name, durationMs: now - started };
    emit(
      breaker,
      verdict === "failure"
        ? { type: "call.failed", ...call, failure }
        : { type: verdict === "success" ? "call.succeeded" : "call.ignored", ...call },
    );
  }
  changed(breaker, phase, after, "calls");
  const isCurrent = permit.generation === phase.generation;
  breaker.fleet?.inform({ permit, verdict, isCurrent, durationMs: now - started, retryAfterMs });
}

/** The error for a call that was refused. */
export function refusalError(breaker: Breaker, { reason, retryAfterMs }: Refusal): CircuitOpenError {
  const failure = breaker.lastFailure;
  const cause = typeof failure === "string" ? leanError(() => new Error(failure)) : failure;
  return leanError(() => new CircuitOpenError(breaker.name, retryAfterMs, cause, reason));
}
