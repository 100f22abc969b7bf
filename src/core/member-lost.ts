import { isHeldClosed } from "./machine.ts";
import type { Member, Turn, View } from "./member.ts";
import { retryLeaseMs } from "./member-trials.ts";
import { becomes, stays } from "./member-turn.ts";

/**
 * The store is lost, and no call is to go out without it. A call asks again after each second; how often the store hears
 * of that is the guard's matter. What somebody holds closed by hand stays so.
 */
export function refusesCalls(before: Member, { phase, now }: View): Turn {
  if (phase.state === "closed" && isHeldClosed(phase, now)) return stays(before);
  const member: Member = { ...before, relation: { is: "refuses" } };
  const until = now + retryLeaseMs;
  if (phase.state === "open" && phase.until >= until) return stays(member);
  const generation = phase.state === "open" ? phase.generation : phase.generation + 1;
  return becomes(member, { state: "open", generation, trips: phase.trips, since: now, until }, "fleet");
}
