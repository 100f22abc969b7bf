import type { ClosedPhase, HalfOpenPhase, OpenPhase, Permit, Phase, Trial } from "./phase.ts";
import type { Policy } from "./policy.ts";
import type { Verdict } from "./verdict.ts";

/** The answer to asking for a call: the phase that follows, and a permit or the time to wait for one. */
export interface Admission {
  readonly phase: Phase;
  readonly permit: Permit | undefined;
  /** Milliseconds until a call may be admitted; 0 with a permit. */
  readonly retryAfterMs: number;
}

export function closed(generation: number, policy: Policy, now: number): ClosedPhase {
  return { state: "closed", generation, tally: policy.opensOn.begin(now) };
}

export function opened(generation: number, policy: Policy, now: number): OpenPhase {
  return { state: "open", generation, since: now, until: now + policy.resetTimeoutMs };
}

export function halfOpened(generation: number): HalfOpenPhase {
  return { state: "half-open", generation, trials: [], successes: 0 };
}

/** The phase that the mere passing of time makes of this one. */
export function look(phase: Phase, policy: Policy, now: number): Phase {
  switch (phase.state) {
    case "closed":
      return phase;
    case "open":
      if (now >= phase.until) return halfOpened(phase.generation + 1);
      // A clock that stepped back must not prolong the outage by the size of the step.
      return now < phase.since ? { ...phase, since: now, until: now + phase.until - phase.since } : phase;
    case "half-open": {
      if (phase.successes >= policy.halfOpenRetries) return closed(phase.generation + 1, policy, now);
      const trials = phase.trials.filter((trial) => now < trial.deadline);
      return trials.length === phase.trials.length ? phase : { ...phase, trials };
    }
  }
}

/** Asks for a call. Grants at most `halfOpenRetries` trials at a time; each of them is one decision. */
export function admit(before: Phase, policy: Policy, now: number): Admission {
  const phase = look(before, policy, now);
  switch (phase.state) {
    case "closed":
      return { phase, permit: phase, retryAfterMs: 0 };
    case "open":
      return { phase, permit: undefined, retryAfterMs: phase.until - now };
    case "half-open": {
      if (phase.trials.length + phase.successes < policy.halfOpenRetries) {
        const trial: Trial = { generation: phase.generation, deadline: now + policy.trialLeaseMs };
        return { phase: { ...phase, trials: [...phase.trials, trial] }, permit: trial, retryAfterMs: 0 };
      }
      const firstDeadline = Math.min(...phase.trials.map((trial) => trial.deadline));
      return { phase, permit: undefined, retryAfterMs: firstDeadline - now };
    }
  }
}

/** Counts the outcome of an admitted call. What was admitted in an earlier generation changes nothing. */
export function settle(phase: Phase, permit: Permit, verdict: Verdict, policy: Policy, now: number): Phase {
  if (permit.generation !== phase.generation) return phase;
  switch (phase.state) {
    case "closed": {
      if (verdict === "ignored") return phase;
      const tally = policy.opensOn.record(phase.tally, verdict, now);
      if (policy.opensOn.trips(tally, now)) return opened(phase.generation + 1, policy, now);
      return tally === phase.tally ? phase : { ...phase, tally };
    }
    case "half-open": {
      const trials = phase.trials.filter((trial) => trial !== permit);
      if (trials.length === phase.trials.length) return phase; // its lease had run out
      if (verdict === "failure") return opened(phase.generation + 1, policy, now);
      const successes = phase.successes + (verdict === "success" ? 1 : 0);
      if (successes >= policy.halfOpenRetries) return closed(phase.generation + 1, policy, now);
      return { ...phase, trials, successes };
    }
    case "open":
      return phase;
  }
}

/** Carries a phase over to another policy: counters and state survive. */
export function adopt(phase: Phase, before: Policy, policy: Policy, now: number): Phase {
  switch (phase.state) {
    case "closed":
      return before.opensOn.kind === policy.opensOn.kind
        ? phase
        : { ...phase, tally: policy.opensOn.begin(now) };
    case "open":
      return before.resetTimeoutMs === policy.resetTimeoutMs
        ? phase
        : { ...phase, until: phase.since + policy.resetTimeoutMs };
    case "half-open":
      return phase;
  }
}
