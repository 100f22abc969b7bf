import type { DraftRequest, Effect, Member, Turn, View, Why } from "./member.ts";
import type { Phase } from "./phase.ts";

/** Nothing but the member changes. */
export function stays(member: Member): Turn {
  return { member, effects: [] };
}

/** A change of the member that follows on another turn; its effects come after. */
export function followedBy(
  { member, effects }: Turn,
  next: (member: Member, view: View) => Turn,
  view: View,
): Turn {
  const after = next(member, seenAfter(effects, view));
  return { member: after.member, effects: [...effects, ...after.effects] };
}

/** The view as it is when these effects have been carried out. */
function seenAfter(effects: readonly Effect[], view: View): View {
  const became = effects.findLast((effect) => effect.type === "become");
  return became ? { ...view, phase: became.phase } : view;
}

export function asks(member: Member, why: Why, request: DraftRequest, { now }: View, openMs?: number): Turn {
  const number = member.asked + 1;
  const question = { number, why, request, askedAt: now, ...(openMs !== undefined && { openMs }) };
  return { member: { ...member, asked: number, askedAt: now }, effects: [{ type: "ask", question }] };
}

export function becomes(member: Member, phase: Phase, reason: "fleet" | "time"): Turn {
  return { member, effects: [{ type: "become", phase, reason }] };
}

/** The call that starts waits for the question just asked. */
export function waits(turn: Turn, ms: number): Turn {
  return { ...turn, effects: [...turn.effects, { type: "wait", number: turn.member.asked, ms }] };
}
