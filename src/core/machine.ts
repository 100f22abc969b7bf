import type { Admission } from "./admission.ts";
import { figuresOf } from "./figures-of.ts";
import type { ClosedPhase, HalfOpenPhase, OpenPhase, Permit, Phase, Trial } from "./phase.ts";
import type { Evidence, Policy } from "./policy.ts";
import type { RefusalReason } from "./refusal.ts";
import type { Verdict } from "./verdict.ts";

const nothing: Evidence = {};

export function closed(generation: number, policy: Policy, now: number, trips = 0): ClosedPhase {
  return { state: "closed", generation, trips, since: now, tally: policy.opensOn.begin(now) };
}

export function opened(
  generation: number,
  policy: Policy,
  now: number,
  trips = 1,
  evidence: Evidence = nothing,
): OpenPhase {
  return { state: "open", generation, trips, since: now, until: now + policy.openMs(trips, evidence) };
}

/** @param since when it began; by default when it is first looked at */
export function halfOpened(generation: number, trips = 1, since = Infinity): HalfOpenPhase {
  return {
    state: "half-open",
    generation,
    trips,
    since,
    trials: [],
    last: -Infinity,
    successes: 0,
    failures: 0,
  };
}

/** Whether a command keeps it closed, however many calls fail. */
export function isHeldClosed({ heldUntil }: ClosedPhase, now: number): boolean {
  return heldUntil! > now;
}

/** The phase that the mere passing of time makes of this one. Calls that hang open it without an end of theirs. */
export function look(phase: Phase, policy: Policy, now: number, random?: number): Phase {
  switch (phase.state) {
    case "closed":
      return policy.watch && isTripped(phase, phase.tally, policy, now)
        ? tripped(phase, phase.tally, policy, now, { random })
        : phase;
    case "open":
      if (now >= phase.until) {
        return { ...halfOpened(phase.generation + 1, phase.trips, now), figures: phase.figures };
      }
      // A clock that stepped back must not prolong the outage by the size of the step.
      return now < phase.since ? { ...phase, since: now, until: now + phase.until - phase.since } : phase;
    case "half-open": {
      const { successes, longestStayMs } = policy.trials;
      if (phase.successes >= successes) return recovered(phase, policy, now);
      // Here, too, a clock that stepped back must not prolong anything.
      const since = Math.min(phase.since, now);
      const last = Math.min(phase.last, now);
      const end = since + longestStayMs;
      if (now >= end) return look(reopened(phase, policy, end, phase.trips), policy, now);
      const trials = phase.trials.filter((trial) => now < trial.deadline);
      const isSame = trials.length === phase.trials.length && since === phase.since && last === phase.last;
      return isSame ? phase : { ...phase, trials, since, last };
    }
  }
}

/** Whether a call was let through to find out whether the upstream is back. */
export function isTrial(permit: Permit): permit is Trial {
  return "deadline" in permit;
}

/**
 * Asks for a call. Grants as many trials as may run at a time; each of them is one decision.
 *
 * @param leaseMs how long the call may take, were it a trial, until its place goes to another
 */
export function admit(
  before: Phase,
  policy: Policy,
  now: number,
  random = 0,
  leaseMs = policy.trialLeaseMs,
): Admission {
  const phase = look(before, policy, now, random);
  switch (phase.state) {
    case "closed":
      return policy.watch?.admit(phase, policy, now, random) ?? { phase, decision: phase };
    case "open":
      return refused(phase, "open", phase.until - now, policy);
    case "half-open": {
      const { successes, concurrent, everyMs } = policy.trials;
      const running = phase.trials.length;
      const pauseMs = phase.last + everyMs - now;
      const hasPlace = running < concurrent && running + phase.successes < successes;
      if (hasPlace && pauseMs <= 0) {
        const trial: Trial = { generation: phase.generation, deadline: now + leaseMs, since: now };
        return { phase: { ...phase, trials: [...phase.trials, trial], last: now }, decision: trial };
      }
      const placeMs = hasPlace ? 0 : Math.min(...phase.trials.map((trial) => trial.deadline)) - now;
      return refused(phase, "half-open", Math.max(placeMs, pauseMs), policy);
    }
  }
}

export function refused(phase: Phase, reason: RefusalReason, waitMs: number, policy: Policy): Admission {
  // Open for good has no end to tell.
  const retryAfterMs = waitMs === Infinity ? policy.resetTimeoutMs : waitMs;
  return { phase, decision: { reason, retryAfterMs } };
}

/** Whether settling this call changes nothing but counts: then nobody need look at the clock. */
export function changesNothing(phase: Phase, permit: Permit, verdict: Verdict, policy: Policy): boolean {
  const { neutralTally } = policy.opensOn;
  return (
    verdict === "success" && permit === phase && neutralTally !== undefined && phase.tally === neutralTally
  );
}

/** Counts the outcome of an admitted call. What was admitted in an earlier generation changes nothing. */
export function settle(
  phase: Phase,
  permit: Permit,
  verdict: Verdict,
  policy: Policy,
  now: number,
  evidence: Evidence = nothing,
): Phase {
  if (permit.generation !== phase.generation) return phase;
  switch (phase.state) {
    case "closed": {
      const { opensOn } = policy;
      policy.watch?.withoutToken(phase, permit, policy);
      if (verdict === "ignored") return phase;
      const tally = opensOn.record(phase.tally, verdict, now, evidence.durationMs ?? 0) ?? phase.tally;
      if (isTripped(phase, tally, policy, now)) return tripped(phase, tally, policy, now, evidence);
      return tally === phase.tally ? phase : { ...phase, tally };
    }
    case "half-open": {
      const trials = phase.trials.filter((trial) => trial !== permit);
      if (trials.length === phase.trials.length) return phase; // its lease had run out
      const { tolerated, slowMs, successes: needed } = policy.trials;
      const isSlow = !evidence.isStream && now - (permit as Trial).since! > slowMs;
      const isGood = verdict === "success" && !isSlow;
      const isBad = verdict !== "ignored" && !isGood;
      const failures = phase.failures + Number(isBad);
      if (isBad && failures > tolerated) {
        return reopened(phase, policy, now, phase.trips + 1, evidence);
      }
      const successes = phase.successes + Number(isGood);
      const after = { ...phase, trials, successes, failures };
      return successes >= needed ? recovered(after, policy, now) : after;
    }
    case "open":
      return phase;
  }
}

function isTripped(phase: ClosedPhase, tally: unknown, { opensOn }: Policy, now: number): boolean {
  return !isHeldClosed(phase, now) && opensOn.trips(tally, now);
}

/** Opens. Openings add up unless the circuit was closed for longer than it had last been open. */
function tripped(
  phase: ClosedPhase,
  tally: unknown,
  policy: Policy,
  now: number,
  evidence: Evidence,
): OpenPhase {
  const wasHealthy = phase.trips < 1 || now - phase.since > policy.openMs(phase.trips, nothing);
  const after = opened(phase.generation + 1, policy, now, wasHealthy ? 1 : phase.trips + 1, evidence);
  return { ...after, figures: figuresOf(policy.opensOn, tally, now) };
}

/** Opens again, for the same reason. */
function reopened(
  phase: HalfOpenPhase,
  policy: Policy,
  now: number,
  trips: number,
  evidence?: Evidence,
): OpenPhase {
  return { ...opened(phase.generation + 1, policy, now, trips, evidence), figures: phase.figures };
}

function recovered(phase: HalfOpenPhase, policy: Policy, now: number): ClosedPhase {
  return closed(phase.generation + 1, policy, now, phase.trips);
}
