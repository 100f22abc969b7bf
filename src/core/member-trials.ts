import type { FleetTrial, Grant, Leave, Member, Relation, Turn, View, Wish } from "./member.ts";
import { noWish } from "./member.ts";
import { asks, becomes, stays } from "./member-turn.ts";
import { halfOpened } from "./machine.ts";
import { type Refusal } from "./refusal.ts";
import type { HalfOpenPhase, Permit, Phase } from "./phase.ts";

/** A place for a trial may be free sooner than its lease says: its trial may end well. */
export const retryLeaseMs = 1000;

type Wishing = Extract<Relation, { readonly trial: Wish }>;

export function wishing(relation: Relation): Wishing | undefined {
  return relation.is === "follows" || relation.is === "alone" ? relation : undefined;
}

export function withWish(member: Member, trial: Wish): Member {
  const relation = wishing(member.relation);
  return relation ? { ...member, relation: { ...relation, trial } } : member;
}

/** Open for long enough, or half-open: a call could be a trial. */
export function isDue(phase: Phase, now: number): boolean {
  return phase.state === "half-open" || (phase.state === "open" && now >= phase.until);
}

/**
 * Asks for a place, for as long as the call may take that asked last; after silence for the same one, which may have
 * been granted.
 *
 * @param aheadMs the opening still lasts for so long: the place is for a call after it
 */
export function asksForTrial(member: Member, { is, trial }: Wishing, view: View, aheadMs = 0): Turn {
  const asked = trial.is === "none" || trial.is === "asked" ? trial.token : undefined;
  const token = asked ?? view.token;
  const { leaseMs } = member;
  const isAlone = is === "alone";
  const turn = asks(member, "trial", { type: "lease", token, leaseMs, isAlone, aheadMs }, view);
  const wish = { is: "asked", token, number: turn.member.asked, askedAt: view.now } as const;
  return { ...turn, member: withWish(turn.member, wish) };
}

/** A place that nobody can use is free again at once. */
export function givesBack(member: Member, { token, generation }: Leave, view: View): Turn {
  return asks(member, "settle", { type: "settle", token, generation, verdict: "ignored" }, view);
}

/** A grant is there, for the call that waits for it or for the next; for a while. */
export function holds(member: Member, { leave, leaseMs, until }: Grant, { now }: View): Turn {
  return {
    member: withWish(member, { is: "granted", leave, until, leaseMs }),
    effects: [{ type: "keep", token: leave.token, ms: until - now }],
  };
}

/** Nobody came for the grant. */
export function expires(member: Member, token: number, view: View): Turn {
  const relation = wishing(member.relation);
  if (relation?.trial.is !== "granted" || relation.trial.leave.token !== token) return stays(member);
  return givesBack(withWish(member, noWish), relation.trial.leave, view);
}

/**
 * What a shared circuit that is not closed answers a call: a trial that was granted, a refusal, or nothing where the
 * isolate's own machine decides.
 *
 * @param leaseMs how long the call may take: a grant for shorter ones is not for it
 */
export function decide(
  member: Member,
  view: View,
  leaseMs: number,
): { readonly turn: Turn; readonly decision: Permit | Refusal | undefined } {
  const { phase, now } = view;
  const relation = wishing(member.relation);
  const isOwn = ["lost", "stranger", "ended"].includes(member.relation.is);
  if (phase.state === "closed" || isOwn) {
    return { turn: stays(member), decision: undefined };
  }
  if (relation?.trial.is === "unasked") return takes(member, relation, undefined, leaseMs, view);
  const held = relation?.trial.is === "granted" && now < relation.trial.until ? relation.trial : undefined;
  if (relation && held && leaseMs <= held.leaseMs && isDue(phase, now)) {
    const { leave, until } = held;
    return takes(member, relation, { leave, until, leaseMs: held.leaseMs }, leaseMs, view);
  }
  if (phase.state === "open" && now < phase.until) return { turn: stays(member), decision: undefined };
  if (member.relation.is === "refuses") {
    return { turn: stays(member), decision: { reason: "open", retryAfterMs: retryLeaseMs } };
  }
  return { turn: stays(member), decision: { reason: "half-open", retryAfterMs: retryLeaseMs } };
}

function takes(
  member: Member,
  relation: Wishing,
  grant: Grant | undefined,
  leaseMs: number,
  { phase, now }: View,
): { readonly turn: Turn; readonly decision: Permit } {
  const halfOpen = tried(phase, relation, now);
  const { generation } = halfOpen;
  const leave = grant?.leave ?? "none";
  const trial: FleetTrial = { generation, deadline: now + leaseMs, since: now, leave, grant };
  const trials =
    leave === "none" ? [trial] : [...halfOpen.trials.filter(({ deadline }) => now < deadline), trial];
  return {
    turn: becomes(withWish(member, noWish), { ...halfOpen, trials, last: now }, "time"),
    decision: trial,
  };
}

/** The half-open phase of a trial. Successes of the fleet's trials are counted by the fleet alone: it closes them all. */
function tried(phase: Phase, { is }: Wishing, now: number): HalfOpenPhase {
  const halfOpen = phase.state === "half-open" ? phase : halfOpened(phase.generation + 1, phase.trips, now);
  return is === "follows" ? { ...halfOpen, successes: -Infinity } : halfOpen;
}

/** The isolate decides for itself from now on. */
export function goesAlone(member: Member, relation: "lost" | "alone", { phase }: View): Turn {
  const after: Member = {
    ...member,
    relation: relation === "lost" ? { is: "lost" } : { is: "alone", trial: noWish },
  };
  if (phase.state !== "half-open" || phase.successes >= 0) return stays(after);
  return becomes(after, { ...phase, successes: 0 }, "time");
}

/** @returns the trials of this isolate that run by the fleet's leave, and hold this token */
export function isRunning({ rider }: Member, { phase }: View, token: number): boolean {
  if (rider?.token === token) return true;
  if (phase.state !== "half-open") return false;
  return phase.trials.some((trial) => {
    const { leave } = trial as Partial<FleetTrial>;
    return typeof leave === "object" && leave.token === token;
  });
}
