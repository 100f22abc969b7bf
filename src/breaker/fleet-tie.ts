import type { FleetPolicy, FleetReply, FleetRequest } from "../core/fleet.ts";
import { closed, halfOpened } from "../core/machine.ts";
import type { Permit, Trial } from "../core/phase.ts";
import type { Verdict } from "../core/verdict.ts";
import { become, type Breaker } from "./breaker.ts";
import type { GuardedStore } from "./guarded-store.ts";
import type { FleetTie } from "./shared-store.ts";

/** How the isolates of a fleet agree. */
export interface FleetRules {
  /** Distinct isolates that must have seen failures before the fleet opens. */
  readonly quorum: number;
  /** Share of failures among all that the reporters saw, in percent. */
  readonly sharePercent: number;
  /** How long a report counts. */
  readonly windowMs: number;
  /** The longest that a call waits for the store. */
  readonly boundMs: number;
}

export interface FleetTieParts {
  readonly store: GuardedStore;
  readonly rules: FleetRules;
  readonly random: () => number;
  /** Keeps the isolate alive until a promise settles, where the platform can. */
  readonly keepAlive: (promise: Promise<unknown>) => void;
}

/** A place for a trial may be free sooner than its lease says: its trial may end well. */
const retryLeaseMs = 1000;

/** A call is overdue after this many times the usual duration, and this much more. */
const overdueFactor = 3;
const overdueMs = 100;

/** Ties a breaker to the fleet's circuit of the same name: evidence goes out with failures, verdicts come back. */
export function tieToFleet(breaker: Breaker, { store, rules, random, keepAlive }: FleetTieParts): FleetTie {
  const reporter = number();
  const tokens = new WeakMap<Permit, { readonly token: number; readonly generation: number }>();
  let life = -1;
  let generation = -1;
  /** Whether the present opening is the fleet's. */
  let isFleets = false;
  let hasRead = false;
  let sequence = 0;
  let reported = { failed: 0, succeeded: 0 };
  /** A report is on its way until then. After that nothing is expected of it: its request may have ended. */
  let reportsUntil = -Infinity;
  let grantedTrial: Trial | undefined;
  let usualMs = 0;
  let settledAt = -Infinity;
  let suspectedAt = -Infinity;

  function number(): number {
    return Math.floor(random() * 2 ** 31);
  }

  function ask(request: OwnPart): Promise<FleetReply | undefined> {
    const { policy } = breaker;
    const shared: FleetPolicy & { life: number } = {
      life: number(),
      quorum: rules.quorum,
      threshold: policy.options.failureThreshold ?? 3,
      sharePercent: rules.sharePercent,
      windowMs: rules.windowMs,
      openMs: [1, 2, 3, 4, 5, 6, 7, 8].map((trips) => policy.openMs(trips, { random: random() })),
      trials: policy.halfOpenRetries,
      leaseMs: policy.trialLeaseMs,
    };
    return store.ask(breaker.name, { ...shared, ...request } as FleetRequest, rules.boundMs);
  }

  /** Takes over what the fleet says, unless it is older than what is known. */
  function follow(reply: FleetReply | undefined): void {
    if (reply === undefined || (reply.life === life && reply.generation < generation)) return;
    const isNew = reply.life !== life || reply.generation !== generation;
    ({ life, generation } = reply);
    const { phase, policy } = breaker;
    const now = breaker.clock.now();
    if (reply.state === "closed") {
      const ends = isFleets && phase.state !== "closed";
      isFleets = false;
      if (ends) become(breaker, closed(phase.generation + 1, policy, now, reply.trips), "fleet");
      return;
    }
    // A trial of this isolate is under way: its outcome decides, not the next look.
    if (!isNew && isFleets && phase.state === "half-open") return;
    isFleets = true;
    const isOpen = reply.state === "open";
    const wait = isOpen ? reply.waitMs : Math.min(reply.waitMs, retryLeaseMs) * (0.5 + random());
    const next = phase.state === "open" ? phase.generation : phase.generation + 1;
    const { trips } = reply;
    become(breaker, { state: "open", generation: next, trips, since: now, until: now + wait }, "fleet");
  }

  async function read(): Promise<void> {
    follow(await ask({ type: "read" }));
  }

  /** Asks the fleet for a trial. Without an answer this isolate is on its own, and its own trials decide. */
  async function lease(): Promise<void> {
    const token = number();
    const before = breaker.phase;
    const reply = await ask({ type: "lease", token });
    if (reply === undefined) isFleets = false;
    else if (!reply.isGranted) follow(reply);
    else if (breaker.phase === before) {
      ({ life, generation } = reply);
      const { phase, policy } = breaker;
      const halfOpen = phase.state === "half-open" ? phase : halfOpened(phase.generation + 1, phase.trips);
      const deadline = breaker.clock.now() + policy.trialLeaseMs;
      grantedTrial = { generation: halfOpen.generation, deadline };
      tokens.set(grantedTrial, { token, generation });
      become(breaker, { ...halfOpen, trials: [...halfOpen.trials, grantedTrial] }, "time");
    }
  }

  function report(): void {
    const now = breaker.clock.now();
    if (now < reportsUntil) return;
    reportsUntil = now + rules.boundMs;
    const { failed, succeeded } = breaker.totals;
    const failures = Math.max(0, failed - reported.failed);
    const successes = Math.max(0, succeeded - reported.succeeded);
    reported = { failed, succeeded };
    const sent = ask({
      type: "report",
      reporter,
      sequence: ++sequence,
      failures,
      successes,
      seen: generation,
    });
    const done = sent.then((reply) => {
      reportsUntil = -Infinity;
      follow(reply);
      // Failures that came while the report was on its way.
      if (reply?.state === "closed" && breaker.totals.failed > reported.failed) report();
    });
    keepAlive(done);
  }

  /** Calls are in flight, and none has come back for much longer than usual. */
  function isSuspicious(now: number): boolean {
    if (breaker.inFlight === 0 || usualMs === 0) return false;
    return now - Math.max(settledAt, suspectedAt) > usualMs * overdueFactor + overdueMs;
  }

  return {
    consult() {
      const { phase } = breaker;
      const now = breaker.clock.now();
      if (phase.state === "closed") {
        if (hasRead && !isSuspicious(now)) return undefined;
        hasRead = true;
        suspectedAt = now;
        return read();
      }
      const isDue = phase.state === "half-open" || now >= phase.until;
      return isFleets && isDue ? lease() : undefined;
    },
    decide() {
      const { phase } = breaker;
      if (!isFleets || phase.state === "closed") return undefined;
      const trial = grantedTrial;
      grantedTrial = undefined;
      if (trial !== undefined && trial.generation === phase.generation) return trial;
      const now = breaker.clock.now();
      if (phase.state === "open" && now < phase.until) return undefined;
      return { reason: "half-open", retryAfterMs: retryLeaseMs };
    },
    inform(permit, verdict: Verdict, durationMs) {
      settledAt = breaker.clock.now();
      if (verdict === "success") usualMs = usualMs === 0 ? durationMs : usualMs * 0.9 + durationMs * 0.1;
      const trial = tokens.get(permit);
      if (trial) keepAlive(ask({ type: "settle", ...trial, verdict }).then(follow));
      else if (verdict === "failure") report();
    },
    command(type) {
      isFleets = type !== "close";
      keepAlive(ask({ type }).then(follow));
    },
    isDegraded: () => store.isDegraded(),
  };
}

type OwnPart = DistributiveOmit<FleetRequest, keyof FleetPolicy | "life">;

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;
