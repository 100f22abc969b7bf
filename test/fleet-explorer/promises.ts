import type { FleetTrial, Leave } from "../../src/core/member.ts";
import { mostOf } from "./scenarios.ts";
import type { Isolate, World } from "./world.ts";

/** Troubles after which nobody can know of what was granted before. */
const forgetting = ["evicted", "restored"];

/** The promise that this situation breaks, in words. */
export function brokenIn(world: World, begin: Readonly<Record<string, number>>): string | undefined {
  const has = (what: string): boolean => (world.left[what] ?? 0) < (begin[what] ?? 0);
  const hasStore = !forgetting.some(has);
  return (
    world.broken ??
    (hasStore ? tooManyTrials(world) : undefined) ??
    (begin["isCutOff"] === undefined && Object.keys(begin).some((what) => faults.has(what) && has(what))
      ? undefined
      : forgottenGrant(world)) ??
    quorumOfOne(world)
  );
}

const faults = new Set([
  "lost",
  "late",
  "twice",
  "vanish",
  "frozen",
  "evictions",
  "evicted",
  "restored",
  "commands",
  "forced",
  "store",
]);

function tooManyTrials(world: World): string | undefined {
  const trials = world.isolates
    .flatMap((each) => (each.isFrozen ? [] : each.calls))
    .filter(({ permit }) => hasLeave(permit));
  const most = mostOf(world);
  return trials.length > most || ownTrials(world) > most
    ? `more trials than ${most} at the upstream while the store answers`
    : undefined;
}

function hasLeave(permit: unknown): boolean {
  return typeof (permit as Partial<FleetTrial> | undefined)?.leave === "object";
}

/** Trials by leave, and those that isolates make by themselves though they have not lost the store. */
function ownTrials({ isolates }: World): number {
  return isolates
    .filter(({ isFrozen, member }) => !isFrozen && member.relation.is !== "lost")
    .flatMap(({ calls, phase, errors }) =>
      calls.filter(({ permit }) => {
        if (!permit) return false;
        if (hasLeave(permit)) return true;
        const isTrial = "deadline" in permit && !("leave" in permit);
        return isTrial && errors === 0 && phase.generation === permit.generation;
      }),
    ).length;
}

/** Each place at the store has somebody who will settle it, or give it back. */
function forgottenGrant(world: World): string | undefined {
  // Whoever has lost the store cannot give back: the lease runs out.
  if (world.isolates.some(({ errors }) => errors > 0)) return undefined;
  for (const { token } of world.record?.leases ?? []) {
    const isOnTheWay = world.messages.some(({ request }) => "token" in request && request.token === token);
    if (!isOnTheWay && !world.isolates.some((each) => knows(each, token))) {
      return "a trial was granted that nobody will make or give back";
    }
  }
  return undefined;
}

function knows({ member, calls, former }: Isolate, token: number): boolean {
  const { relation, rider } = member;
  const mine: Array<Leave | undefined> = [rider, former?.member.rider];
  if (relation.is === "follows" || relation.is === "alone") {
    const { trial } = relation;
    if (trial.is === "granted") mine.push(trial.leave);
    if ((trial.is === "asked" || trial.is === "none") && trial.token === token) return true;
  }
  for (const { permit } of [...calls, ...(former?.calls ?? [])]) {
    const { leave } = (permit ?? {}) as Partial<FleetTrial>;
    if (typeof leave === "object") mine.push(leave);
  }
  return mine.some((leave) => leave?.token === token);
}

/** One isolate whose network is dead is no evidence for the others. */
function quorumOfOne({ isolates, record, isUp }: World): string | undefined {
  const failing = isolates.filter(({ isCutOff }) => isCutOff);
  return failing.length === 1 && isUp && record?.isOpen
    ? "one isolate whose network is dead has opened the fleet"
    : undefined;
}
