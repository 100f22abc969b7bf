import type { Figures } from "./figures.ts";

/**
 * A circuit lives through phases. Each phase is one stay in one state, numbered by its generation, and carries
 * only what that state needs. Phases are immutable: every decision answers with the phase that follows.
 */
export type Phase = ClosedPhase | OpenPhase | HalfOpenPhase;

export type CircuitState = Phase["state"];

export const circuitStates = ["closed", "open", "half-open"] as const satisfies readonly CircuitState[];

interface AnyPhase {
  readonly generation: number;
  /** Openings in a row, without a healthy spell between them. */
  readonly trips: number;
}

/** Calls pass and are tallied. The phase itself is the permit of every call it admits. */
export interface ClosedPhase extends AnyPhase {
  readonly state: "closed";
  readonly since: number;
  /** Belongs to the policy's opening rule; nobody else looks inside. */
  readonly tally: unknown;
  /** Held closed by command until then, for good where that is `Infinity`: counts, but does not open. */
  readonly heldUntil?: number;
}

/** Calls are refused until the clock reaches `until`. */
export interface OpenPhase extends AnyPhase {
  readonly state: "open";
  readonly since: number;
  /** `Infinity` when opened by command for good. */
  readonly until: number;
  /** What the rule had counted when it opened; none when it opened by command, or with the fleet. */
  readonly figures?: Figures | undefined;
}

/** A few trials decide whether the circuit closes again. */
export interface HalfOpenPhase extends AnyPhase {
  readonly state: "half-open";
  readonly since: number;
  readonly trials: readonly Trial[];
  /** When the latest trial began. */
  readonly last: number;
  readonly successes: number;
  /** Those that were tolerated. */
  readonly failures: number;
  /** As it was open before. */
  readonly figures?: Figures | undefined;
}

/** Permission for one trial. After its deadline the trial is given up and its place goes to another call. */
export interface Trial {
  readonly generation: number;
  readonly deadline: number;
  /** When it began, where that is known. */
  readonly since?: number;
}

/** Permission in a closed phase whose rule wants to know of each call from its start. */
export interface WatchedPermit {
  readonly generation: number;
  /** The rule that gave the token: rules may change under way, and another one cannot read it. */
  readonly kind: string;
  readonly token: unknown;
}

/** What an admitted call holds and hands back when it settles. */
export type Permit = ClosedPhase | Trial | WatchedPermit;
