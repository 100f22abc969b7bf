import type { Member, Turn, View } from "./member.ts";
import { asksForTrial, wishing } from "./member-trials.ts";
import { stays } from "./member-turn.ts";

/*
 * Where the store is farther away than calls wait, a place that is asked for by the call that needs it comes too late for
 * it. And who has opened alone shall make no call wait, where the others have no need of the place. So they ask before.
 */

/** So long before the end of an opening asks who is far away: a call in a second is enough to do so. */
const farAheadMs = 2000;
/** The others only as long as it takes, in terms of what calls wait at most: there are two places for all. */
const boundsAhead = 3;

/** The opening is nearly over, and the call that starts will be refused: the next may be the trial. */
export function asksBeforeEnd(member: Member, leaseMs: number, view: View): Turn | undefined {
  const { phase, now, isFar, rules } = view;
  const relation = wishing(member.relation);
  const aheadMs = isFar ? farAheadMs : relation?.is === "alone" ? rules.boundMs * boundsAhead : 0;
  if (phase.state !== "open" || relation?.trial.is !== "none" || member.known.isForced) return undefined;
  const leftMs = phase.until - now;
  if (leftMs > aheadMs || now < relation.trial.askAt - aheadMs) return undefined;
  return asksForTrial({ ...member, leaseMs }, relation, view, leftMs);
}

/** A trial has succeeded, and the next may follow. Who has opened alone has no need to wait: nobody else wants the place. */
export function asksForNext(member: Member, view: View): Turn {
  const { phase, isFar } = view;
  const relation = wishing(member.relation);
  const isNext = relation?.trial.is === "none" && phase.state === "half-open";
  return isNext && (isFar || relation.is === "alone") ? asksForTrial(member, relation, view) : stays(member);
}
