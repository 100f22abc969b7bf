import type { Member, MemberEvent, Turn, View } from "./member.ts";
import { poolsFailures } from "./member.ts";
import { awaits, reports } from "./member-outcomes.ts";
import { expectSample, looked, mayLook } from "./member-evidence.ts";
import { suspect } from "./latency-detector.ts";
import { asksBeforeEnd } from "./member-ahead.ts";
import { look } from "./machine.ts";
import { asksForTrial, isDue, wishing, withWish } from "./member-trials.ts";
import { asks, becomes, followedBy, stays, waits } from "./member-turn.ts";

type CallEvent = Extract<MemberEvent, { readonly type: "call" }>;

/** What is asked before a call, and whether the call waits for it: closed and known, it never does. */
export function callStarts(before: Member, event: CallEvent, view: View): Turn {
  const { phase, policy, now, rules, inFlight } = view;
  const { relation } = before;
  if (relation.is === "stranger") return joins(before, event, view);
  if (relation.is === "alone" && phase.state === "half-open") {
    // Nobody but the isolate itself ends this stay.
    const seen = look(phase, policy, now);
    if (seen.state !== "half-open") {
      return followedBy(
        becomes(before, seen, "time"),
        (member, after) => callStarts(member, event, after),
        view,
      );
    }
  }
  if (relation.is !== "joining" && isDue(phase, now)) return due(before, event, view);
  const ahead = event.mayWait ? asksBeforeEnd(before, event.leaseMs, view) : undefined;
  if (ahead) return ahead;
  if (relation.is === "joining" && now < relation.until && phase.state === "closed" && event.sharesWork) {
    const ms = relation.until - now;
    return { member: before, effects: [{ type: "wait", number: relation.number, ms }] };
  }
  const awaited = before.awaited && now < before.awaited.until ? before.awaited : undefined;
  if (awaited && relation.is === "closed" && phase.state === "closed" && event.sharesWork) {
    const { number, until } = awaited;
    return { member: before, effects: [{ type: "wait", number, ms: until - now }] };
  }
  const { latency, arises } = suspect(before.latency, now, inFlight);
  const member = { ...before, latency };
  if (arises && relation.is === "closed" && mayLook(member.evidence)) {
    // Whichever call comes back first is a sample: in an outage the overdue one, otherwise the one that starts now.
    const sampled = poolsFailures(policy) ? expectSample(member.evidence, false) : member.evidence;
    const evidence = looked(sampled);
    return waits(awaits(asks({ ...member, evidence }, "look", { type: "read" }, view), view), rules.boundMs);
  }
  if (now - member.askedAt > rules.heartbeatMs) return asks(member, "look", { type: "read" }, view);
  return reports(member, view);
}

/**
 * The first look. It may find the fleet half-open, so it asks for a trial right away; but only for a call that may
 * wait for it, and where the store is near enough.
 */
function joins(member: Member, { mayWait, leaseMs }: CallEvent, view: View): Turn {
  const { isFar } = view;
  const isNear = mayWait && !isFar;
  const until = isFar ? view.now : view.now + view.rules.boundMs;
  const asked = asks(
    member,
    "join",
    isNear ? { type: "lease", token: view.token, leaseMs, isAlone: false } : { type: "read" },
    view,
  );
  const relation = { is: "joining", until, number: asked.member.asked, saw: undefined } as const;
  const joined = { ...asked, member: { ...asked.member, relation, leaseMs } };
  return isNear ? waits(joined, view.rules.boundMs) : joined;
}

/** The circuit has been open for long enough: this call could be a trial. */
function due(member: Member, { mayWait, leaseMs }: CallEvent, view: View): Turn {
  const { now, rules } = view;
  const relation = wishing(member.relation);
  // The store is lost: one look whether it is back.
  if (!relation) return waits(asks(member, "look", { type: "read" }, view), rules.boundMs);
  const { trial } = relation;
  if (trial.is === "granted" && now < trial.until) return stays(member);
  if (!mayWait) return stays(mayTryUnasked(member, view) ? withWish(member, { is: "unasked" }) : member);
  const isSilent = trial.is === "asked" && now - trial.askedAt >= rules.storeTimeoutMs / 4;
  if (!isSilent && (trial.is === "asked" || (trial.is === "none" && now < trial.askAt))) return stays(member);
  return waits(asksForTrial({ ...member, leaseMs }, relation, view), rules.boundMs);
}

/**
 * A call in a prerender may not wait for leave. Where nobody else has tried for another reset timeout, it is a trial
 * without: an app that only regenerates pages would otherwise stay open for ever. One at a time, told afterwards.
 */
function mayTryUnasked({ relation, recovers }: Member, { phase, policy, now }: View): boolean {
  if (phase.state === "open") {
    return relation.is === "alone" || now >= phase.until + policy.resetTimeoutMs;
  }
  if (phase.state !== "half-open" || phase.trials.some(({ deadline }) => now < deadline)) return false;
  return relation.is === "alone" || recovers;
}
