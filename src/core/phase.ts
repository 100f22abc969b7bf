/**
 * A circuit lives through phases. Each phase is one stay in one state, numbered by its generation, and carries
 * only what that state needs. Phases are immutable: every decision answers with the phase that follows.
 */
export type Phase = ClosedPhase | OpenPhase | HalfOpenPhase;

export type CircuitState = Phase["state"];

/** Calls pass and are tallied. The phase itself is the permit of every call it admits. */
export interface ClosedPhase {
  readonly state: "closed";
  readonly generation: number;
  /** Belongs to the policy's opening rule; nobody else looks inside. */
  readonly tally: unknown;
}

/** Calls are refused until the clock reaches `until`. */
export interface OpenPhase {
  readonly state: "open";
  readonly generation: number;
  readonly since: number;
  readonly until: number;
}

/** A few trials decide whether the circuit closes again. */
export interface HalfOpenPhase {
  readonly state: "half-open";
  readonly generation: number;
  readonly trials: readonly Trial[];
  readonly successes: number;
}

/** Permission for one trial. After its deadline the trial is given up and its place goes to another call. */
export interface Trial {
  readonly generation: number;
  readonly deadline: number;
}

/** What an admitted call holds and hands back when it settles. */
export type Permit = ClosedPhase | Trial;
