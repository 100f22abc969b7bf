import type { FleetReply } from "./fleet-record.ts";
import type { Commanded, Member, MemberEvent, Turn, View } from "./member.ts";
import { noWish } from "./member.ts";
import { forgotten } from "./member-evidence.ts";
import { givesBack, wishing } from "./member-trials.ts";
import { asks, followedBy, stays } from "./member-turn.ts";

type Command = Extract<MemberEvent, { readonly type: "commanded" }>;

/** Somebody's command: obeyed here at once, and told to the fleet. */
export function commanded(before: Member, { command, isForced }: Command, view: View): Turn {
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
  return followedBy(freed, (after, seen) => tells(after, command, isForced, seen), view);
}

function tells(member: Member, command: Command["command"], isForced: boolean, view: View): Turn {
  const request = command === "half-open" ? { type: command } : { type: command, isForced };
  const turn = asks(member, "command", request, view);
  const state: Commanded["state"] = command === "close" ? "closed" : command;
  const waiting: Commanded = {
    number: turn.member.asked,
    until: view.now + view.rules.storeTimeoutMs,
    state,
    isForced,
  };
  return { ...turn, member: { ...turn.member, commanded: waiting } };
}

/**
 * Whether this answer has not heard of the command that was given here: it was asked before, or overtook it on the way.
 * Until the command has an answer of its own, the isolate does as it was told.
 */
export function knowsNotOf(
  { number, until, state, isForced }: Commanded,
  { question, reply, isNews }: { question: { number: number }; reply: FleetReply; isNews: boolean },
  { now }: View,
): boolean {
  if (question.number === number || now >= until) return false;
  return !(isNews && reply.state === state && reply.isForced === isForced);
}
