import type { FleetReply } from "./fleet-record.ts";
import type { Command, Commanded, Member, Turn, View } from "./member.ts";
import { noWish } from "./member.ts";
import { forgotten } from "./member-evidence.ts";
import { givesBack, wishing } from "./member-trials.ts";
import { asks, followedBy, stays } from "./member-turn.ts";

/** Somebody's command: obeyed here at once, and told to the fleet. */
export function commanded(before: Member, given: Command, view: View): Turn {
  const { command, isForced } = given;
  const trial = wishing(before.relation)?.trial;
  const relation =
    command === "close" ? ({ is: "closed" } as const) : ({ is: "follows", trial: noWish } as const);
  const member: Member = {
    ...before,
    relation,
    known: { ...before.known, isForced },
    evidence: forgotten(before.evidence),
  };
  const freed = trial?.is === "granted" ? givesBack(member, trial.leave, view) : stays(member);
  return followedBy(
    freed,
    (after, seen) =>
      isOnItsWay(before.commanded, view) ? waits(after, given, seen) : tells(after, given, seen),
    view,
  );
}

function isOnItsWay(commanded: Commanded | undefined, { now }: View): boolean {
  return commanded !== undefined && now < commanded.until;
}

/** Sent at once it could overtake the one before. Of several that wait only the last matters. */
function waits(member: Member, unsent: Command, view: View): Turn {
  const number = member.commanded!.number;
  return stays({ ...member, commanded: { ...expected(number, unsent, view), unsent } });
}

function tells(member: Member, given: Command, view: View): Turn {
  const { command, isForced, lastsMs } = given;
  const request =
    command === "half-open"
      ? { type: command }
      : { type: command, isForced, ...(command === "close" && lastsMs !== undefined && { forMs: lastsMs }) };
  const openMs = command === "open" ? lastsMs : undefined;
  const { member: after, effects } = asks(member, "command", request, view, openMs);
  return { member: { ...after, commanded: expected(after.asked, given, view) }, effects };
}

function expected(number: number, { command, isForced }: Command, { now, rules }: View): Commanded {
  const state = command === "close" ? "closed" : command;
  return { number, until: now + rules.storeTimeoutMs, state, isForced, unsent: undefined };
}

/** The command that waits for the one before to be answered, where it need not wait any longer. */
export function tellsUnsent(member: Member, endedNumber: number | undefined, view: View): Turn | undefined {
  const { commanded } = member;
  if (!commanded?.unsent) return undefined;
  const isFree = commanded.number === endedNumber || !isOnItsWay(commanded, view);
  return isFree ? tells(member, commanded.unsent, view) : undefined;
}

/**
 * Whether this answer has not heard of the command that was given here: it was asked before, or overtook it on the way.
 * Until the command has an answer of its own, the isolate does as it was told.
 */
export function knowsNotOf(
  { number, until, state, isForced, unsent }: Commanded,
  { question, reply, isNews }: { question: { number: number }; reply: FleetReply; isNews: boolean },
  { now }: View,
): boolean {
  if ((question.number === number && !unsent) || now >= until) return false;
  return !(isNews && reply.state === state && reply.isForced === isForced);
}
