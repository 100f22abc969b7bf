import { fleetStep } from "../../src/core/fleet.ts";
import type { FleetReply, FleetRequest } from "../../src/core/fleet-record.ts";
import { memberStep } from "../../src/core/member-step.ts";
import { decide } from "../../src/core/member-trials.ts";

/** What is explored. A mutant replaces a part of it. */
export interface Machine {
  readonly memberStep: typeof memberStep;
  readonly decide: typeof decide;
  readonly fleetStep: typeof fleetStep;
  /** A circuit that is made again votes as somebody else. */
  readonly isIdentityOfCircuit: boolean;
}

export const ours: Machine = { memberStep, decide, fleetStep, isIdentityOfCircuit: false };

function isCommand(
  request: FleetRequest,
): request is FleetRequest & { readonly type: "open" | "close" | "half-open" } {
  return request.type === "open" || request.type === "close" || request.type === "half-open";
}

/** The faults that this design has been built against, put back one by one. */
export const mutants: Readonly<Record<string, Machine>> = {
  "a fleet half-open, with more successes than an isolate wants, grants nothing and never closes": {
    ...ours,
    fleetStep(stored, request, elapsedMs) {
      const step = fleetStep(stored, request, elapsedMs);
      const isClosedByAsking =
        request.type === "lease" && stored?.isOpen === true && step.record?.isOpen === false;
      if (!isClosedByAsking) return step;
      const reply: FleetReply = { ...step.reply, state: "half-open", generation: stored.generation };
      return { record: undefined, reply };
    },
  },
  "a grant that comes after its call has gone out is dropped": {
    ...ours,
    memberStep(member, event, view) {
      const isLate =
        event.type === "answered" &&
        event.question.why === "join" &&
        event.reply.isGranted &&
        view.now >= event.question.askedAt + view.rules.boundMs;
      return isLate
        ? memberStep(member, { ...event, reply: { ...event.reply, isGranted: false } }, view)
        : memberStep(member, event, view);
    },
  },
  "an isolate that opened alone tries without leave while its leave is on its way": {
    ...ours,
    decide(member, view, leaseMs) {
      const decided = decide(member, view, leaseMs);
      const { relation } = member;
      const isOwnWay = relation.is === "alone" && relation.trial.is !== "granted";
      return isOwnWay ? { ...decided, decision: undefined } : decided;
    },
  },
  "trials that run lose their places when the circuit opens or closes": {
    ...ours,
    fleetStep(stored, request, elapsedMs) {
      const { record, reply } = fleetStep(stored, request, elapsedMs);
      const hasMoved = record && record.generation !== (stored?.generation ?? 0);
      return { record: hasMoved ? { ...record, leases: [] } : record, reply };
    },
  },
  "an isolate that is to refuse without the store tries on its own": {
    ...ours,
    memberStep: (member, event, view) =>
      memberStep(member, event, { ...view, rules: { ...view.rules, whenLost: "alone" } }),
  },
  "an answer that has not heard of a command undoes it": {
    ...ours,
    memberStep(member, event, view) {
      const commanded = event.type === "answered" ? undefined : member.commanded;
      const turn = memberStep({ ...member, commanded }, event, view);
      return { ...turn, member: { ...turn.member, commanded: turn.member.commanded ?? member.commanded } };
    },
  },
  "word of a change undoes a command that is on its way": {
    ...ours,
    memberStep(member, event, view) {
      if (event.type !== "told") return memberStep(member, event, view);
      const turn = memberStep({ ...member, commanded: undefined }, event, view);
      return { ...turn, member: { ...turn.member, commanded: member.commanded } };
    },
  },
  "a command is carried out whatever has happened since it was sent": {
    ...ours,
    fleetStep: (stored, request, elapsedMs) =>
      fleetStep(stored, isCommand(request) ? { ...request, seen: undefined } : request, elapsedMs),
  },
  "a circuit that is made again votes as somebody else": { ...ours, isIdentityOfCircuit: true },
};
