import type { FleetReply } from "./fleet-record.ts";
import type { Command, Commanded, Member, Turn, View } from "./member.ts";
import { noWish } from "./member.ts";
import { forgotten } from "./member-evidence.ts";
import { givesBack, wishing } from "./member-trials.ts";
import { asks, followedBy, stays } from "./member-turn.ts";

/** A circuit that changes so often meanwhile is left to the others. */
const mostTimes = 4;

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
  const until = view.now + view.rules.storeTimeoutMs;
  // An isolate that knows of no generation has seen none: the store says if there is one.
  const seen = Math.max(before.known.generation, 0);
  return followedBy(freed, (after, now) => tells(after, { given, until, times: 1 }, seen, now), view);
}

function tells(member: Member, sent: Omit<Commanded, "number">, seen: number, view: View): Turn {
  const { command, isForced, lastsMs } = sent.given;
  const request =
    command === "half-open"
      ? { type: command, seen }
      : {
          type: command,
          seen,
          isForced,
          ...(command === "close" && lastsMs !== undefined && { forMs: lastsMs }),
        };
  const openMs = command === "open" ? lastsMs : undefined;
  const { member: after, effects } = asks(member, "command", request, view, openMs);
  return { member: { ...after, commanded: { ...sent, number: after.asked } }, effects };
}

/** Somebody has been at the circuit whom this isolate did not know of: while it still waits, it says so and commands anew. */
export function tellsAgain(
  member: Member,
  number: number,
  { isGranted, generation }: FleetReply,
  view: View,
): Turn | undefined {
  const { commanded } = member;
  if (isGranted || commanded?.number !== number || view.now >= commanded.until) return undefined;
  if (commanded.times >= mostTimes) return undefined;
  return tells(member, { ...commanded, times: commanded.times + 1 }, generation, view);
}

/**
 * Whether this answer has not heard of the command that was given here: it was asked before, or overtook it on the way.
 * Until the command has an answer of its own, the isolate does as it was told.
 */
export function knowsNotOf(
  { number, until, given: { command, isForced } }: Commanded,
  { question, reply, isNews }: { question: { number: number }; reply: FleetReply; isNews: boolean },
  { now }: View,
): boolean {
  if (question.number === number || now >= until) return false;
  const state = command === "close" ? "closed" : command;
  return !(isNews && reply.state === state && reply.isForced === isForced);
}
