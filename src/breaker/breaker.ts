import { CircuitOpenError } from "../core/circuit-open-error.ts";
import { admit, adopt, closed, type Evidence, type Refusal, settle } from "../core/machine.ts";
import type { Permit, Phase } from "../core/phase.ts";
import type { Policy } from "../core/policy.ts";
import type { Verdict } from "../core/verdict.ts";
import type { Clock } from "../runtime/clock.ts";
import type { ChangeReason, Listener, ProtegoEvent } from "./events.ts";
import { throwDice } from "../runtime/dice.ts";
import { leanError } from "../runtime/environment.ts";
import { tell } from "./tell.ts";

/** Calls since the circuit was made or reset. */
export interface Totals {
  allowed: number;
  succeeded: number;
  failed: number;
  ignored: number;
  refused: number;
}

/**
 * What one circuit owns: its phase, policy, clock, counts and listeners. A plain record, so that every copy of
 * this module that a bundler makes can work on it. It decides nothing; `core/machine` does.
 */
export interface Breaker {
  readonly name: string;
  phase: Phase;
  policy: Policy;
  clock: Clock;
  totals: Totals;
  inFlight: number;
  /** The last error that counted, or a short description such as `HTTP 503`. */
  lastFailure: unknown;
  readonly listeners: Set<Listener>;
  /** Listeners of the whole registry. */
  readonly everyone: ReadonlySet<Listener>;
  /** Of the wrapper whose options are in force. */
  optionListener: Listener | undefined;
  /** Used since the registry last looked for idle circuits. */
  touched: boolean;
  /** Forgotten by the registry: whoever holds it looks it up again. */
  retired: boolean;
}

export function noTotals(): Totals {
  return { allowed: 0, succeeded: 0, failed: 0, ignored: 0, refused: 0 };
}

export function createBreaker(
  name: string,
  policy: Policy,
  clock: Clock,
  everyone: ReadonlySet<Listener>,
): Breaker {
  return {
    name,
    phase: closed(0, policy, clock.now()),
    policy,
    clock,
    totals: noTotals(),
    inFlight: 0,
    lastFailure: undefined,
    listeners: new Set(),
    everyone,
    optionListener: undefined,
    touched: true,
    retired: false,
  };
}

/** Asks for a call: a permit, or a refusal. */
export function admitCall(breaker: Breaker, observed: boolean): Permit | Refusal {
  breaker.touched = true;
  const answer = ask(breaker);
  if (answer.generation === undefined) {
    breaker.totals.refused++;
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
  const admission = admit(phase, policy, breaker.clock.now(), throwDice());
  become(breaker, admission.phase, phase.state === "closed" ? "calls" : "time");
  return admission.answer;
}

/** A place may be free again at any moment. */
const fullRetryMs = 1000;

/** The moment a call started, where anybody wants to know how long it took. */
export function startedAt(breaker: Breaker): number {
  return breaker.policy.opensOn.timed || isHeard(breaker) ? breaker.clock.now() : NaN;
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
}

/** The error for a call that was refused. */
export function refusalError(breaker: Breaker, { reason, retryAfterMs }: Refusal): CircuitOpenError {
  const failure = breaker.lastFailure;
  const cause = typeof failure === "string" ? leanError(() => new Error(failure)) : failure;
  return leanError(() => new CircuitOpenError(breaker.name, retryAfterMs, cause, reason));
}

/** Puts a breaker under another policy; its state and counts stay. */
export function adoptPolicy(breaker: Breaker, policy: Policy): void {
  breaker.phase = adopt(breaker.phase, breaker.policy, policy, breaker.clock.now());
  breaker.policy = policy;
}

export function become(breaker: Breaker, phase: Phase, reason: ChangeReason): void {
  const before = breaker.phase;
  breaker.phase = phase;
  changed(breaker, before, phase, reason);
}

function changed(breaker: Breaker, before: Phase, after: Phase, reason: ChangeReason): void {
  if (before.state !== after.state && isHeard(breaker)) {
    emit(breaker, {
      type: "circuit.changed",
      circuit: breaker.name,
      from: before.state,
      to: after.state,
      reason,
    });
  }
}

function isHeard(breaker: Breaker): boolean {
  return breaker.listeners.size > 0 || breaker.everyone.size > 0;
}

function emit(breaker: Breaker, event: ProtegoEvent): void {
  tell(event, [...breaker.listeners, ...breaker.everyone]);
}
