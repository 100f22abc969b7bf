import { closed } from "../core/machine.ts";
import type { Phase } from "../core/phase.ts";
import type { Policy } from "../core/policy.ts";
import type { PolicyOptions } from "../core/policy-options.ts";
import type { Clock } from "../runtime/clock.ts";
import type { ErrorMatcher } from "../core/error-matcher.ts";
import type { Listener, ProtegoEvent } from "./events.ts";
import type { SharedCircuit } from "./shared-circuit.ts";
import { dispatch } from "./dispatch.ts";

/** Calls since the circuit was made or reset. */
export interface Totals {
  allowed: number;
  succeeded: number;
  failed: number;
  ignored: number;
  refused: number;
  /** Let through by observe mode, where the circuit would have refused. They are among the allowed, too. */
  observed: number;
  /** Refused or failed calls that the app's fallback has answered. */
  fallback: number;
  /** Those that the last good answer has. */
  stale: number;
  /** Those that Next's data cache has. */
  cache: number;
}

/** The form of what is kept on `globalThis`, breakers and their phases: another form has another number. */
export const layout = 2;

/**
 * What one circuit owns: its phase, policy, clock, counts and listeners. A plain record, so that every copy of
 * this module that a bundler makes can work on it. It decides nothing; `core/machine` does.
 */
export interface Breaker {
  readonly layout: number;
  readonly name: string;
  phase: Phase;
  policy: Policy;
  clock: Clock;
  totals: Totals;
  /** Whether the last call that asked was only observed. */
  observes: boolean;
  inFlight: number;
  /** Lets streams pass whose trial is over. Set where one has been a trial; one more may join them. */
  passStreams: ((joining?: object) => void) | undefined;
  /** Set where the circuit is shared. */
  fleet: SharedCircuit | undefined;
  /** The gist of the last error that counted, or a short description such as `HTTP 503`. */
  lastFailure: unknown;
  /** What errors of refusals show of this circuit, made once for each failure. */
  shown: ShownInRefusals | undefined;
  readonly listeners: Set<Listener>;
  /** Listeners of the whole registry. */
  readonly everyone: ReadonlySet<Listener>;
  /** The options that wrappers and `register` gave, each with its rank: the highest holds. */
  readonly given: Map<string, { readonly value: unknown; readonly rank: number }>;
  /** What `configure` set: no wrapper undoes it. */
  configured: PolicyOptions;
  /** When it was last closed, by its clock; `undefined` while it is. */
  leftClosedAt: number | undefined;
  /** The option `quiet`: no line for a change of state. */
  quiet: boolean;
  /** The option `on` that holds. */
  optionListener: Listener | undefined;
  /** Errors that do not count, told to the live circuit. */
  readonly ignored: Set<ErrorMatcher>;
  /** Registered or configured: not to be forgotten. */
  kept: boolean;
  /** Used since the registry last looked for idle circuits. */
  touched: boolean;
  /** Forgotten by the registry: whoever holds it looks it up again. */
  retired: boolean;
}

interface ShownInRefusals {
  readonly failure: unknown;
  readonly cause: Error | undefined;
  readonly name: string;
}

export function noTotals(): Totals {
  return {
    allowed: 0,
    succeeded: 0,
    failed: 0,
    ignored: 0,
    refused: 0,
    observed: 0,
    fallback: 0,
    stale: 0,
    cache: 0,
  };
}

export function createBreaker(
  name: string,
  policy: Policy,
  clock: Clock,
  everyone: ReadonlySet<Listener>,
): Breaker {
  return {
    layout,
    name,
    phase: closed(0, policy, clock.now()),
    policy,
    clock,
    totals: noTotals(),
    observes: false,
    inFlight: 0,
    passStreams: undefined,
    fleet: undefined,
    lastFailure: undefined,
    shown: undefined,
    listeners: new Set(),
    everyone,
    leftClosedAt: undefined,
    quiet: false,
    given: new Map(),
    configured: {},
    optionListener: undefined,
    ignored: new Set(),
    kept: false,
    touched: true,
    retired: false,
  };
}

export function isHeard(breaker: Breaker): boolean {
  return breaker.listeners.size > 0 || breaker.everyone.size > 0;
}

export function emit(breaker: Breaker, event: ProtegoEvent): void {
  dispatch(event, [...breaker.listeners, ...breaker.everyone]);
}
