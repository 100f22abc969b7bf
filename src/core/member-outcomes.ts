import type { Grant, Leave, Member, MemberEvent, Turn, View } from "./member.ts";
import { noWish, poolsFailures, thresholdOf } from "./member.ts";
import { type Evidence, failed, opened, succeeded, take } from "./member-evidence.ts";
import { cameBack, isOverdue } from "./latency-detector.ts";
import { givesBack, holds, retryLeaseMs, wishing, withWish } from "./member-trials.ts";
import { asks, followedBy, stays } from "./member-turn.ts";
import type { Policy } from "./policy.ts";

type Outcome = Extract<MemberEvent, { readonly type: "settled" }>;

/** Nothing is expected of a report that has been on its way for so long: its isolate may have slept. */
const reportMs = 1000;

/** What came of a call: of a trial the fleet hears at once, of others what is worth telling. */
export function settled(before: Member, event: Outcome, view: View): Turn {
  const { permit, verdict, isCurrent, durationMs, isStream, retryAfterMs } = event;
  const { phase, now, policy } = view;
  const successMs = verdict === "success" ? durationMs : undefined;
  let member: Member = {
    ...before,
    latency: cameBack(before.latency, now, successMs),
    retryAfterMs,
  };
  const { relation } = member;
  const isSlow = verdict === "success" && !isStream && durationMs > policy.trials.slowMs;
  const asTrial = isSlow ? "failure" : verdict;
  if (typeof permit.leave === "object") {
    if (asTrial === "success" && relation.is === "alone")
      return ofOwnTrial(member, permit.leave, permit.grant, view);
    const told = settles(member, permit.leave, asTrial, view);
    // A trial of its own: what it saw counts as that of any call.
    return relation.is === "alone" && asTrial === "failure" && isCurrent
      ? andReports(told, opened(failed(told.member.evidence, thresholdOf(policy)), thresholdOf(policy)), view)
      : told;
  }
  if (permit.leave === "none") {
    const recovers = asTrial === "success";
    member = { ...member, recovers };
    return recovers && relation.is === "follows" ? confirms(member, view) : stays(member);
  }
  if (member.rider?.phase === permit.generation) {
    return settles({ ...member, rider: undefined }, member.rider, asTrial, view);
  }
  // It may have opened before this call came back.
  if (verdict === "ignored" || !isCurrent) return reports(member, view);
  if (relation.is === "joining" && relation.saw !== "failure") {
    member = { ...member, relation: { ...relation, saw: isSlow ? "slow" : verdict } };
  }
  const threshold = thresholdOf(policy);
  const evidence = seen(member.evidence, verdict, isOverdue(before.latency, durationMs), policy);
  const hasOpened = phase.state === "open" && relation.is !== "follows";
  const after = { ...member, evidence: hasOpened ? opened(evidence, threshold) : evidence };
  return reports(after, view, verdict === "failure" && isOverdue(before.latency, durationMs));
}

/**
 * An isolate that has opened alone counts its successes itself, so its next trial may follow in the same place. Where it
 * has closed, no place is needed any more.
 */
function ofOwnTrial(member: Member, leave: Leave, grant: Grant | undefined, view: View): Turn {
  const { phase, now } = view;
  const trial = wishing(member.relation)?.trial;
  if (grant && phase.state === "half-open" && trial?.is === "none" && now < grant.until) {
    return holds(member, grant, view);
  }
  const told = settles(member, leave, "success", view);
  if (phase.state !== "closed" || trial?.is !== "granted") return told;
  return followedBy(told, (after) => givesBack(withWish(after, noWish), trial.leave, view), view);
}

function seen(evidence: Evidence, verdict: "success" | "failure", isLate: boolean, policy: Policy): Evidence {
  if (!poolsFailures(policy)) return evidence;
  return verdict === "success" ? succeeded(evidence) : failed(evidence, thresholdOf(policy), isLate);
}

/**
 * Tells what is due, unless a report is on its way: then it goes with the next.
 *
 * @param isLate what failed had taken longer than calls ever do
 */
export function reports(member: Member, view: View, isLate = false): Turn {
  const { now, rules } = view;
  if (now < member.reportsUntil) return stays(member);
  const { evidence, run, isFaded } = take(member.evidence, now, rules.windowMs / 2);
  if (run === undefined) return stays({ ...member, evidence });
  const reporting = { ...member, evidence, reportsUntil: now + reportMs };
  const told = asks(
    reporting,
    "report",
    { type: "report", run, seen: member.known.generation, isFaded },
    view,
  );
  return run > 1 || (run === 1 && isLate) ? awaits(told, view) : told;
}

/** The question just asked is about a suspicion: calls that start meanwhile had better wait than fail. */
export function awaits({ member, effects }: Turn, { now, rules }: View): Turn {
  return { member: { ...member, awaited: { number: member.asked, until: now + rules.boundMs } }, effects };
}

/** A trial without leave has succeeded: the fleet counts it as one of its own, if there is still need of it. */
export function confirms(member: Member, view: View): Turn {
  const leaseMs = retryLeaseMs;
  return asks(member, "confirm", { type: "lease", token: view.token, leaseMs, isAlone: false }, view);
}

function settles(
  member: Member,
  { token, generation }: Leave,
  verdict: Outcome["verdict"],
  view: View,
): Turn {
  return asks(member, "settle", { type: "settle", token, generation, verdict }, view);
}

function andReports(turn: Turn, evidence: Member["evidence"], view: View): Turn {
  const { member, effects } = reports({ ...turn.member, evidence }, view);
  return { member, effects: [...turn.effects, ...effects] };
}
