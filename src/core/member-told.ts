import type { FleetReply } from "./fleet-record.ts";
import type { Member, Turn, View } from "./member.ts";
import { knowsNotOf } from "./member-commands.ts";
import { follow } from "./member-follow.ts";
import { stays } from "./member-turn.ts";

/** No question has this number. */
const unasked = { number: -1 };

/**
 * What the store has said without being asked: taken over where it is news. It may come late, twice or never, so nothing that
 * is older changes anything, and nothing is waited for. Who has asked nothing yet will ask; who refuses for want of a
 * store waits until it answers him.
 */
export function told(member: Member, reply: FleetReply, view: View): Turn {
  const { relation, known, commanded } = member;
  const isNews = reply.life !== known.life || reply.generation > known.generation;
  if (!isNews || relation.is === "stranger" || relation.is === "refuses") return stays(member);
  const isOverruled = commanded && knowsNotOf(commanded, { question: unasked, reply, isNews }, view);
  return isOverruled ? stays(member) : follow(member, reply, view);
}
