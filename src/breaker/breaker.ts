import { adopt } from "../core/adopt.ts";
import { closed } from "../core/machine.ts";
import type { Phase } from "../core/phase.ts";
import type { Policy } from "../core/policy.ts";
import type { Clock } from "../runtime/clock.ts";
import type { ChangeReason, Listener, ProtegoEvent } from "./events.ts";
import { tellDeveloper } from "../runtime/environment.ts";
import type { FleetTie } from "./shared-store.ts";
import { tell } from "./tell.ts";
import { type CircuitChanged, tellWatchers } from "./watchers.ts";

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
  /** Of `totals.refused`, those that were let through all the same: observe mode. Never set back. */
  observed: number;
  /** Whether the last call that asked was only observed. */
  observes: boolean;
  inFlight: number;
  /** Set where the circuit is shared. */
  fleet: FleetTie | undefined;
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
    observed: 0,
    observes: false,
    inFlight: 0,
    fleet: undefined,
    lastFailure: undefined,
    listeners: new Set(),
    everyone,
    optionListener: undefined,
    touched: true,
    retired: false,
  };
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

export function changed(breaker: Breaker, before: Phase, after: Phase, reason: ChangeReason): void {
  if (before.state === after.state) return;
  tellDeveloper(`"${breaker.name}" ${before.state} -> ${after.state} (${reason})`);
  const event: CircuitChanged = {
    type: "circuit.changed",
    circuit: breaker.name,
    from: before.state,
    to: after.state,
    reason,
  };
  if (isHeard(breaker)) emit(breaker, event);
  tellWatchers(breaker, event);
}

export function isHeard(breaker: Breaker): boolean {
  return breaker.listeners.size > 0 || breaker.everyone.size > 0;
}

export function emit(breaker: Breaker, event: ProtegoEvent): void {
  tell(event, [...breaker.listeners, ...breaker.everyone]);
}
