import { closed } from "../core/machine.ts";
import type { Phase } from "../core/phase.ts";
import type { Policy, PolicyOptions } from "../core/policy.ts";
import type { Clock } from "../runtime/clock.ts";
import type { ChangeReason, Listener, ProtegoEvent } from "./events.ts";
import { tellDeveloper } from "../runtime/environment.ts";
import type { FleetTie } from "./shared-store.ts";
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
  /** Set where the circuit is shared. */
  fleet: FleetTie | undefined;
  /** The last error that counted, or a short description such as `HTTP 503`. */
  lastFailure: unknown;
  readonly listeners: Set<Listener>;
  /** Listeners of the whole registry. */
  readonly everyone: ReadonlySet<Listener>;
  /** The options that wrappers and `register` gave, each with its rank: the highest holds. */
  readonly given: Map<string, { readonly value: unknown; readonly rank: number }>;
  /** What `configure` set: no wrapper undoes it. */
  configured: PolicyOptions;
  /** The option `on` that holds. */
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
    fleet: undefined,
    lastFailure: undefined,
    listeners: new Set(),
    everyone,
    given: new Map(),
    configured: {},
    optionListener: undefined,
    touched: true,
    retired: false,
  };
}

export function become(breaker: Breaker, phase: Phase, reason: ChangeReason): void {
  const before = breaker.phase;
  breaker.phase = phase;
  changed(breaker, before, phase, reason);
}

export function changed(breaker: Breaker, before: Phase, after: Phase, reason: ChangeReason): void {
  if (before.state === after.state) return;
  tellDeveloper(`"${breaker.name}" ${before.state} -> ${after.state} (${reason})`);
  if (isHeard(breaker)) {
    emit(breaker, {
      type: "circuit.changed",
      circuit: breaker.name,
      from: before.state,
      to: after.state,
      reason,
    });
  }
}

export function isHeard(breaker: Breaker): boolean {
  return breaker.listeners.size > 0 || breaker.everyone.size > 0;
}

export function emit(breaker: Breaker, event: ProtegoEvent): void {
  tell(event, [...breaker.listeners, ...breaker.everyone]);
}
