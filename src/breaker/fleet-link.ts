import type { FleetPolicy, FleetReply, FleetRequest } from "../core/fleet.ts";
import { halfOpened } from "../core/machine.ts";
import type { OpenPhase, Permit, Trial } from "../core/phase.ts";
import { closed } from "../core/machine.ts";
import type { Verdict } from "../core/verdict.ts";
import { become, type Breaker } from "./breaker.ts";
import type { GuardedStore } from "./guarded-store.ts";

/** How one circuit of one isolate is tied to the fleet's. */
export interface FleetLink {
  readonly store: GuardedStore;
  readonly policy: FleetPolicy;
  /** The longest that a call waits for the store. */
  readonly boundMs: number;
  /** This isolate, among those that report. */
  readonly reporter: number;
  readonly random: () => number;
  /** Keeps the isolate alive until a promise settles, where the platform can. */
  readonly keepAlive: (promise: Promise<unknown>) => void;
  /** Last known of the fleet. */
  life: number;
  generation: number;
  /** Whether the present opening is the fleet's, or this isolate's own. */
  isFleets: boolean;
  hasRead: boolean;
  sequence: number;
  /** Totals at the last report. */
  reportedFailures: number;
  reportedSuccesses: number;
  /** A report is on its way until then; after that nothing is expected of it any more. */
  reportsUntil: number;
  /** When the store was last asked because a call was overdue. */
  suspectedAt: number;
}

const tokens = new WeakMap<Permit, { token: number; generation: number }>();

/** Asks before a call where the fleet may know more: at the isolate's start, and when a trial is due. */
export async function consult(breaker: Breaker, link: FleetLink): Promise<void> {
  link.hasRead = true;
  const now = breaker.clock.now();
  const { phase } = breaker;
  const isDue = phase.state === "open" && link.isFleets && now >= phase.until;
  if (!isDue) return follow(breaker, link, await ask(breaker, link, { type: "read" }));
  const token = number(link);
  const reply = await ask(breaker, link, { type: "lease", token });
  if (reply === undefined) {
    // Without the store each isolate is on its own: its own trials decide.
    link.isFleets = false;
    return;
  }
  if (!reply.isGranted) return follow(breaker, link, reply);
  if (breaker.phase !== phase) return;
  const generation = phase.generation + 1;
  const trial: Trial = { generation, deadline: breaker.clock.now() + breaker.policy.trialLeaseMs };
  granted.set(breaker, trial);
  tokens.set(trial, { token, generation: reply.generation });
  become(breaker, { ...halfOpened(generation, phase.trips), trials: [trial] }, "time");
}

/** Trials that the fleet has granted and that wait for their call. */
const granted = new WeakMap<Breaker, Trial>();

/** The trial that the fleet has granted to the call that asked. */
export function takeGranted(breaker: Breaker): Trial | undefined {
  const trial = granted.get(breaker);
  granted.delete(breaker);
  return trial?.generation === breaker.phase.generation ? trial : undefined;
}

/** Whether the next call had better ask first. */
export function shouldConsult(breaker: Breaker, link: FleetLink): boolean {
  const { phase } = breaker;
  if (!link.hasRead) return true;
  return phase.state === "open" && link.isFleets && breaker.clock.now() >= phase.until;
}

/** After a call: its trial is settled with the fleet, its failure reported. Nobody waits for it. */
export function inform(breaker: Breaker, link: FleetLink, permit: Permit, verdict: Verdict): void {
  const trial = tokens.get(permit);
  if (trial) {
    const settled = ask(breaker, link, { type: "settle", ...trial, verdict });
    link.keepAlive(settled.then((reply) => follow(breaker, link, reply)));
  } else if (verdict === "failure") report(breaker, link);
}

function report(breaker: Breaker, link: FleetLink): void {
  const now = breaker.clock.now();
  if (now < link.reportsUntil) return;
  link.reportsUntil = now + link.boundMs;
  const { failed, succeeded } = breaker.totals;
  const request = {
    type: "report",
    reporter: link.reporter,
    sequence: ++link.sequence,
    failures: Math.max(0, failed - link.reportedFailures),
    successes: Math.max(0, succeeded - link.reportedSuccesses),
    seen: link.generation,
  } as const;
  link.reportedFailures = failed;
  link.reportedSuccesses = succeeded;
  const reported = ask(breaker, link, request).then((reply) => {
    link.reportsUntil = -Infinity;
    follow(breaker, link, reply);
    // Failures that came while the report was on its way.
    if (reply?.state === "closed" && breaker.totals.failed > link.reportedFailures) report(breaker, link);
  });
  link.keepAlive(reported);
}

/** Takes over what the fleet says, unless it is older than what is known. */
function follow(breaker: Breaker, link: FleetLink, reply: FleetReply | undefined): void {
  if (reply === undefined) return;
  if (reply.life === link.life && reply.generation < link.generation) return;
  const isNew = reply.life !== link.life || reply.generation !== link.generation;
  link.life = reply.life;
  link.generation = reply.generation;
  const { phase, policy } = breaker;
  const now = breaker.clock.now();
  const generation = phase.generation + 1;
  if (reply.state === "closed") {
    if (phase.state !== "closed" && link.isFleets) {
      become(breaker, closed(generation, policy, now, reply.trips), "fleet");
    }
    link.isFleets = false;
    return;
  }
  // A place may be free sooner than the lease says: its trial may end well.
  const wait =
    reply.state === "open" ? reply.waitMs : Math.min(reply.waitMs, retryLeaseMs) * (0.5 + link.random());
  if (!isNew && link.isFleets && phase.state === "half-open") return;
  const open: OpenPhase = { state: "open", generation, trips: reply.trips, since: now, until: now + wait };
  link.isFleets = true;
  become(breaker, phase.state === "open" ? { ...open, generation: phase.generation } : open, "fleet");
}

const retryLeaseMs = 1000;

function ask(
  breaker: Breaker,
  link: FleetLink,
  request: DistributiveOmit<FleetRequest, keyof FleetPolicy | "life">,
): Promise<FleetReply | undefined> {
  const whole = { ...link.policy, life: number(link), ...request } as FleetRequest;
  return link.store.ask(breaker.name, whole, link.boundMs);
}

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

function number(link: FleetLink): number {
  return Math.floor(link.random() * 2 ** 31);
}
