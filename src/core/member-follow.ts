import type { FleetReply } from "./fleet-record.ts";
import { closed, isHeldClosed } from "./machine.ts";
import type { Member, Turn, View } from "./member.ts";
import { noWish } from "./member.ts";
import { forgotten } from "./member-evidence.ts";
import { learn } from "./member-knowledge.ts";
import { givesBack, wishing, withWish } from "./member-trials.ts";
import { afterOpeningMs, forPlaceMs } from "./trial-pace.ts";
import { becomes, stays, followedBy } from "./member-turn.ts";
import type { ClosedPhase } from "./phase.ts";
import type { Policy } from "./policy.ts";

/** A command to stay open has no end to wait for: it is asked about again. */
const forcedLookMs = 10_000;

/** Openings in a row of which the fleet's record knows the length; further ones last as long as the last. */
export const openings = [1, 2, 3, 4, 5, 6, 7, 8];

/**
 * Takes over what the fleet says.
 *
 * @param isCause this isolate has told of what may have opened it
 */
export function follow(before: Member, reply: FleetReply, view: View, isCause = false): Turn {
  const isFirst = before.known.generation < 0;
  const { known, news } = learn(before.known, reply);
  if (news === "stale") return stays({ ...before, known });
  const isNew = news === "new";
  const member: Member = {
    ...before,
    known,
    evidence: isNew && !isFirst ? forgotten(before.evidence) : before.evidence,
    recovers: !isNew && before.recovers,
  };
  const taken =
    reply.state === "closed"
      ? followClosed(member, reply, { isNew, isFirst }, view)
      : followOpen(member, reply, { isNew, isCause }, view);
  const held = wishing(before.relation)?.trial;
  if (held?.is !== "granted") return taken;
  // A grant of another generation, or of a fleet that has closed since: nobody can use it.
  const kept = wishing(taken.member.relation)?.trial;
  const isKept = kept?.is === "granted" && kept.leave.token === held.leave.token;
  return isKept ? taken : followedBy(taken, (after, seen) => givesBack(after, held.leave, seen), view);
}

interface News {
  readonly isNew: boolean;
  readonly isFirst: boolean;
}

function followClosed(member: Member, reply: FleetReply, { isNew, isFirst }: News, view: View): Turn {
  const { trips, closedMs = 0 } = reply;
  const { phase, policy, now } = view;
  const { relation, known } = member;
  const isForcedHere = phase.state === "closed" && isHeldClosed(phase, now);
  const heldUntil = reply.waitMs > 0 ? now + reply.waitMs : Infinity;
  const isOpen = phase.state !== "closed";
  const wasTold = relation.is === "follows" || relation.is === "refuses";
  const ends = (wasTold && isOpen) || (isNew && isForcedHere !== known.isForced);
  if (ends) {
    const begun = closed(phase.generation + 1, policy, now, trips);
    const after: ClosedPhase = { ...begun, since: now - closedMs };
    return becomes(
      { ...member, relation: { is: "closed" } },
      known.isForced ? { ...after, heldUntil } : after,
      "fleet",
    );
  }
  if (!isOpen) {
    const after: Member = { ...member, relation: { is: "closed" } };
    // Held for longer or shorter than it was.
    if (isNew && known.isForced) return becomes(after, { ...phase, heldUntil }, "fleet");
    // Who comes while the fleet lets a growing share through takes part in that.
    const isRamped = isFirst && trips > 0 && phase.trips === 0 && policy.ramp !== undefined;
    return isRamped ? becomes(after, { ...phase, trips, since: now - closedMs }, "fleet") : stays(after);
  }
  return stays(relation.is === "alone" ? member : { ...member, relation: { is: "alone", trial: noWish } });
}

function followOpen(
  before: Member,
  reply: FleetReply,
  { isNew, isCause }: { readonly isNew: boolean; readonly isCause: boolean },
  view: View,
): Turn {
  const { phase, now, policy } = view;
  const { state, trips } = reply;
  const was = before.relation;
  const longest = before.known.isForced ? forcedLookMs : longestOpeningMs(policy);
  const wait = state === "open" ? Math.min(reply.waitMs, longest) : 0;
  const askAt =
    now + (state === "open" ? wait + afterOpeningMs(reply, isCause, view) : forPlaceMs(reply, view));
  const kept = wishing(was)?.trial;
  const isKept = kept !== undefined && kept.is !== "none" && !(isNew && was.is === "follows");
  const trial = isKept ? kept : ({ is: "none", askAt, token: undefined } as const);
  const member = withWish({ ...before, relation: { is: "follows", trial: noWish } }, trial);
  // A trial of this isolate is under way: its outcome decides, not the next look.
  if (!isNew && was.is === "follows" && phase.state === "half-open") return stays(member);
  const generation = phase.state === "open" ? phase.generation : phase.generation + 1;
  return becomes(member, { state: "open", generation, trips, since: now, until: now + wait }, "fleet");
}

/** No opening that was not forced lasts longer, whatever a record or a reply says. */
export function longestOpeningMs(policy: Policy): number {
  const openMs = openings.map((trips) => policy.openMs(trips, { random: 1 }));
  return Math.round(Math.max(...openMs, Number(policy.options.maxRetryAfter)));
}
