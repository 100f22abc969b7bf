import type { Member, MemberEvent, Turn, View } from "./member.ts";
import { answered, unanswered } from "./member-answers.ts";
import { callStarts } from "./member-calls.ts";
import { settled } from "./member-outcomes.ts";
import { commanded } from "./member-commands.ts";
import { asks, stays } from "./member-turn.ts";
import { expires, givesBack } from "./member-trials.ts";
import { opened } from "./member-evidence.ts";
import { told } from "./member-told.ts";
import { noWish, thresholdOf } from "./member.ts";

/** One step of an isolate's part in a shared circuit: what becomes of it, and what has to be done. */
export function memberStep(before: Member, event: MemberEvent, view: View): Turn {
  const member = inStep(before, event, view);
  if (member.relation.is === "ended") return afterEnd(member, event, view);
  switch (event.type) {
    case "call":
      return callStarts(member, event, view);
    case "settled":
      return settled(member, event, view);
    case "answered":
      return answered(member, event, view);
    case "unanswered":
      return unanswered(member, event, view);
    case "elapsed":
      return expires(member, event.token, view);
    case "commanded":
      return commanded(member, event, view);
    case "told":
      return told(member, event.reply, view);
    case "ended":
      return ends(member, view);
  }
}

/** The breaker moves by its own rule between the steps: it opens, and closes after trials of its own. */
function inStep(member: Member, { type }: MemberEvent, { phase, policy, now, rules }: View): Member {
  const { relation } = member;
  const isClosed = phase.state === "closed";
  switch (relation.is) {
    case "closed":
      if (isClosed) return member;
      return {
        ...member,
        relation: { is: "alone", trial: noWish },
        // The outcome that opened it is still to be counted.
        evidence: type === "settled" ? member.evidence : opened(member.evidence, thresholdOf(policy)),
      };
    case "follows":
    case "alone":
      return isClosed && relation.trial.is !== "granted" ? { ...member, relation: { is: "closed" } } : member;
    case "joining":
      // Its request may have ended, and the answer with it.
      if (now < relation.until + rules.storeTimeoutMs) return member;
      return { ...member, relation: isClosed ? { is: "closed" } : { is: "alone", trial: noWish } };
    case "refuses":
      return isClosed ? { ...member, relation: { is: "closed" } } : member;
    case "stranger":
    case "lost":
    case "ended":
      return member;
  }
}

function ends(member: Member, view: View): Turn {
  const { relation } = member;
  const after: Member = { ...member, relation: { is: "ended" } };
  const isHeld = (relation.is === "follows" || relation.is === "alone") && relation.trial.is === "granted";
  return isHeld ? givesBack(after, relation.trial.leave, view) : stays(after);
}

/** Nothing is done any more but to hand back what the fleet has granted. */
function afterEnd(member: Member, event: MemberEvent, view: View): Turn {
  if (event.type === "answered" && event.reply.isGranted && event.question.request.type === "lease") {
    const { token } = event.question.request;
    return givesBack(member, { token, generation: event.reply.generation }, view);
  }
  if (event.type === "settled") {
    const { leave } = event.permit;
    const rides = member.rider?.phase === event.permit.generation ? member.rider : undefined;
    const held = typeof leave === "object" ? leave : rides;
    if (!held) return stays(member);
    const { token, generation } = held;
    const { verdict } = event;
    return asks(
      { ...member, rider: rides ? undefined : member.rider },
      "settle",
      { type: "settle", token, generation, verdict },
      view,
    );
  }
  return stays(member);
}
