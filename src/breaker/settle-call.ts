import { gistOf } from "../core/failure-gist.ts";
import { changesNothing, settle } from "../core/machine.ts";
import type { Evidence } from "../core/policy.ts";
import type { Verdict } from "../core/verdict.ts";
import { random } from "../runtime/random.ts";
import { callEnded } from "#request-end";
import type { AdmittedCall } from "./admitted-call.ts";
import { emit, isHeard } from "./breaker.ts";
import { changed } from "./phase-change.ts";
import type { ProtegoEvent } from "./events.ts";
import { isIgnored } from "./ignored-errors.ts";

/** Takes a call's place before it is judged: its answer is there, or nothing is expected of it any more. */
export function releasePlace(call: AdmittedCall): void {
  if (!call.holdsPlace) return;
  const { breaker } = call;
  call.holdsPlace = false;
  breaker.inFlight--;
  callEnded(call); // nothing that its place waited for is expected any more
  const { phase, policy } = breaker;
  if (call.permit && policy.watch) call.permit = policy.watch.withoutToken(phase, call.permit, policy);
}

/** Takes a place again, for a stream that is read after all. */
export function regainPlace(call: AdmittedCall): void {
  if (call.holdsPlace || call.isSettled) return;
  call.holdsPlace = true;
  call.breaker.inFlight++;
}

/** Counts what came of a call. The first word counts; later ones are no news. */
export function settleCall(
  call: AdmittedCall,
  verdict: Verdict,
  failure?: unknown,
  retryAfterMs?: number,
): void {
  if (call.isSettled) return;
  call.isSettled = true;
  const { breaker, startedMs } = call;
  if (verdict === "failure" && isIgnored(breaker, failure)) verdict = "ignored";
  const { totals, phase, policy } = breaker;
  if (call.holdsPlace) {
    call.holdsPlace = false;
    breaker.inFlight--;
  }
  callEnded(call);
  const { permit } = call;
  if (
    permit !== undefined &&
    !breaker.fleet &&
    !isHeard(breaker) &&
    changesNothing(phase, permit, verdict, policy)
  ) {
    totals.succeeded++;
    return;
  }
  if (verdict === "success") totals.succeeded++;
  else if (verdict === "ignored") totals.ignored++;
  else {
    totals.failed++;
    breaker.lastFailure = gistOf(failure);
  }
  const now = breaker.clock.now();
  const event = isHeard(breaker) ? settledEvent(call, verdict, now - startedMs, failure) : undefined;
  countCall(call, verdict, now, retryAfterMs, event);
}

function settledEvent(
  { breaker, args }: AdmittedCall,
  verdict: Verdict,
  durationMs: number,
  failure: unknown,
): ProtegoEvent {
  const told = { circuit: breaker.name, durationMs, ...(args && { args }) };
  if (verdict === "failure") return { type: "call.failed", ...told, failure };
  return { type: verdict === "success" ? "call.succeeded" : "call.ignored", ...told };
}

/** Lets a verdict decide about the circuit, and tells: the phase first, then the word of it. */
export function countCall(
  call: AdmittedCall,
  verdict: Verdict,
  now: number,
  retryAfterMs?: number,
  event?: ProtegoEvent,
): void {
  const { breaker } = call;
  const { phase, policy } = breaker;
  const durationMs = now - call.startedMs;
  // A stream that was a trial, and breaks later, says something of the phase that it breaks in.
  if (call.isStream && verdict === "failure" && call.permit?.generation !== phase.generation) {
    call.permit = phase.state === "closed" ? phase : undefined;
  }
  const { permit } = call;
  let after = phase;
  if (permit !== undefined) {
    let evidence: Evidence | undefined;
    if (verdict === "failure") evidence = { durationMs, retryAfterMs, random: random() };
    else if (policy.opensOn.timed || call.isStream) evidence = { durationMs, isStream: call.isStream };
    after = settle(phase, permit, verdict, policy, now, evidence);
    // A rule that was asked may have steered the circuit by itself: then that holds.
    if (breaker.phase === phase) breaker.phase = after;
    else after = phase;
  }
  if (event) emit(breaker, event);
  changed(breaker, phase, after, "calls");
  if (permit === undefined) return;
  const isCurrent = permit.generation === phase.generation;
  const { isStream } = call;
  breaker.fleet?.afterCall({ permit, verdict, isCurrent, durationMs, isStream, retryAfterMs });
}
