import { become, type Breaker } from "../breaker/breaker.ts";
import type { FleetTie } from "../breaker/shared-store.ts";
import type { FleetReply, OwnRequest } from "../core/fleet-record.ts";
import { type ClosedPhase, type Permit, type Trial } from "../core/phase.ts";
import { closed, halfOpened } from "../core/machine.ts";
import { sharesWork } from "../runtime/environment.ts";
import { createFleetKnowledge } from "./fleet-knowledge.ts";
import { createFleetQuestions } from "./fleet-questions.ts";
import { type FleetRules, randomNumber, thresholdOf } from "./fleet-request.ts";
import type { GuardedStore } from "./guarded-store.ts";
import { createSampler } from "./sampler.ts";
import { createSuspicion } from "./suspicion.ts";
import { within } from "./within.ts";

export interface FleetTieParts {
  readonly store: GuardedStore;
  readonly rules: FleetRules;
  readonly random: () => number;
  /** Keeps the isolate alive until a promise settles, where the platform can. */
  readonly keepAlive: (promise: Promise<unknown>) => void;
}

/** A place for a trial may be free sooner than its lease says: its trial may end well. */
const retryLeaseMs = 1000;

/** A command to stay open has no end to wait for: it is asked about again. */
const forcedLookMs = 10_000;

/** Nothing is expected of a report that has been on its way for so long: its isolate may have slept. */
const reportMs = 1000;

/** Ties a breaker to the fleet's circuit of the same name: evidence goes out with failures, verdicts come back. */
export function tieToFleet(breaker: Breaker, { store, rules, random, keepAlive }: FleetTieParts): FleetTie {
  const reporter = randomNumber(random);
  const sampler = createSampler(rules.windowMs / 2);
  const suspicion = createSuspicion();
  const leased = new WeakMap<Permit, { readonly token: number; readonly generation: number }>();
  const known = createFleetKnowledge();
  const questions = createFleetQuestions(breaker, { store, rules, random });
  /** Whether the present opening is the fleet's. */
  let isFleets = false;
  /** Phases up to this generation are this isolate's own: the fleet, asked about a trial, was closed. */
  let ownUntil = -1;
  /** Trials that wait for their call, and until when it may come. */
  let granted: Array<{ readonly trial: Trial; readonly until: number }> = [];
  /** Trials without leave, of calls that may not wait for it. */
  const unleased = new WeakSet<Permit>();
  let recovers = false;
  /** The first look, for calls that come while it is on its way; not beyond the bound: its request may have ended. */
  let joining: Promise<unknown> | undefined;
  let joinsUntil = -Infinity;
  let leasesUntil = -Infinity;
  let nextLeaseAt = -Infinity;
  let sequence = 0;
  /** A report is on its way until then. After that nothing is expected of it: its request may have ended. */
  let reportsUntil = -Infinity;
  let retryAfterMs: number | undefined;

  function ask(own: OwnRequest): Promise<FleetReply | undefined> {
    return questions.ask(own, retryAfterMs);
  }

  /** Takes over what the fleet says. */
  function follow(reply: FleetReply | undefined): void {
    if (reply === undefined) return;
    const isFirst = known.generation < 0;
    const news = known.learn(reply);
    if (news === "stale") return;
    const isNew = news === "new";
    if (isNew && !isFirst) sampler.forget();
    if (isNew) recovers = false;
    if (reply.state === "closed") followClosed(reply, isNew);
    else followOpen(reply, isNew);
  }

  function followClosed({ trips }: FleetReply, isNew: boolean): void {
    const { phase, policy } = breaker;
    const isForcedHere = phase.state === "closed" && phase.forced === true;
    const ends = (isFleets && phase.state !== "closed") || (isNew && isForcedHere !== known.isForced);
    isFleets = false;
    if (!ends) return;
    const after: ClosedPhase = closed(phase.generation + 1, policy, breaker.clock.now(), trips);
    become(breaker, known.isForced ? { ...after, forced: true } : after, "fleet");
  }

  function followOpen({ state, waitMs, trips }: FleetReply, isNew: boolean): void {
    const { phase } = breaker;
    const now = breaker.clock.now();
    if (state === "half-open") nextLeaseAt = now + Math.min(waitMs, retryLeaseMs) * (0.5 + random());
    // A trial of this isolate is under way: its outcome decides, not the next look.
    if (!isNew && isFleets && phase.state === "half-open") return;
    isFleets = true;
    const wait = state === "open" ? Math.min(waitMs, known.isForced ? forcedLookMs : Infinity) : 0;
    const next = phase.state === "open" ? phase.generation : phase.generation + 1;
    become(breaker, { state: "open", generation: next, trips, since: now, until: now + wait }, "fleet");
  }

  async function read(): Promise<void> {
    follow(await ask({ type: "read" }));
  }

  /** The first look. It may find the fleet half-open, so it asks for a trial right away. */
  async function join(): Promise<void> {
    const reply = await lease();
    if (reply?.isSuspect) sampler.expectSample();
    joinsUntil = -Infinity;
  }

  /** Asks the fleet for a trial. Without an answer this isolate is on its own, and its own trials decide. */
  async function lease(): Promise<FleetReply | undefined> {
    const askedAt = breaker.clock.now();
    leasesUntil = askedAt + rules.patienceMs;
    const token = randomNumber(random);
    const before = breaker.phase;
    const reply = await ask({ type: "lease", token });
    leasesUntil = -Infinity;
    if (reply === undefined) {
      if (store.isLost()) isFleets = false;
      else nextLeaseAt = breaker.clock.now() + retryLeaseMs * (0.5 + random());
    } else if (!reply.isGranted) {
      if (reply.state === "closed" && !isFleets) {
        ownUntil = before.generation + (before.state === "open" ? 1 : 0);
      }
      follow(reply);
    } else if (!startTrial(reply, token, before, askedAt + rules.patienceMs)) {
      keepAlive(ask({ type: "settle", token, generation: reply.generation, verdict: "ignored" }));
    }
    return reply;
  }

  /** @returns false when the isolate has moved on, and the grant came too late */
  function startTrial(reply: FleetReply, token: number, before: Breaker["phase"], until: number): boolean {
    const { phase, policy } = breaker;
    const isSameRound = phase.state === "half-open" && isFleets && reply.generation === known.generation;
    if (phase !== before && !isSameRound) return false;
    if (known.learn(reply) === "stale") return false;
    isFleets = true;
    const halfOpen = isSameRound ? phase : halfOpened(phase.generation + 1, reply.trips);
    const trial = {
      generation: halfOpen.generation,
      deadline: breaker.clock.now() + policy.trialLeaseMs,
    };
    granted.push({ trial, until });
    leased.set(trial, { token, generation: reply.generation });
    become(breaker, { ...halfOpen, trials: [...halfOpen.trials, trial] }, "time");
    return true;
  }

  /**
   * A call in a prerender may not wait for leave. Where nobody else has tried for another reset timeout, it is a trial
   * without: an app that only regenerates pages would otherwise stay open for ever. One at a time, told afterwards.
   */
  function tryWithoutLeave(now: number): void {
    const { phase, policy } = breaker;
    if (!isFleets || phase.state === "closed") return;
    const isNext =
      phase.state === "half-open" && recovers && !phase.trials.some(({ deadline }) => now < deadline);
    const isOverdue = phase.state === "open" && now >= phase.until + policy.resetTimeoutMs;
    if (!isNext && !isOverdue) return;
    const halfOpen = phase.state === "half-open" ? phase : halfOpened(phase.generation + 1, phase.trips);
    const trial = { generation: halfOpen.generation, deadline: now + policy.trialLeaseMs };
    unleased.add(trial);
    granted = [{ trial, until: Infinity }];
    become(breaker, { ...halfOpen, trials: [trial] }, "time");
  }

  /** A trial without leave has succeeded: the fleet counts it as one of its own, if there is still need of it. */
  async function confirm(): Promise<void> {
    const token = randomNumber(random);
    const reply = await ask({ type: "lease", token });
    if (!reply?.isGranted) return follow(reply);
    const { generation } = reply;
    follow(await ask({ type: "settle", token, generation, verdict: "success" }));
  }

  function report(): void {
    const now = breaker.clock.now();
    if (now < reportsUntil) return;
    const run = sampler.take(now);
    if (run === undefined) return;
    reportsUntil = now + reportMs;
    const sent = ask({ type: "report", reporter, sequence: ++sequence, run, seen: known.generation });
    const done = sent.then((reply) => {
      reportsUntil = -Infinity;
      if (reply === undefined) sampler.lost();
      follow(reply);
      // What was seen while the report was on its way.
      if (reply?.state === "closed") report();
    });
    keepAlive(done);
  }

  return {
    consult(mayWait) {
      const { phase, inFlight } = breaker;
      const now = breaker.clock.now();
      const isDue = phase.state === "half-open" || (phase.state === "open" && now >= phase.until);
      if (isDue && !mayWait) tryWithoutLeave(now);
      else if (isDue) {
        const mayLease = now >= Math.max(leasesUntil, nextLeaseAt) && phase.generation > ownUntil;
        return mayLease ? within(rules.boundMs, lease()) : undefined;
      }
      if (!joining) {
        joinsUntil = now + rules.boundMs;
        joining = mayWait ? join() : read();
        return within(rules.boundMs, joining);
      }
      if (now < joinsUntil && phase.state === "closed" && sharesWork()) {
        return within(joinsUntil - now, joining);
      }
      if (suspicion.arises(now, inFlight) && phase.state === "closed") {
        // Whichever call comes back first is a sample: in an outage the overdue one, otherwise the one that starts now.
        sampler.expectSample();
        return within(rules.boundMs, read());
      }
      if (now - questions.lastAt > rules.heartbeatMs) keepAlive(read());
      return undefined;
    },
    decide() {
      const { phase } = breaker;
      if (!isFleets || phase.state === "closed") return undefined;
      const now = breaker.clock.now();
      granted = granted.filter((each) => each.trial.generation === phase.generation && now < each.until);
      const next = granted.pop();
      if (next) return next.trial;
      if (phase.state === "open" && now < phase.until) return undefined;
      return { reason: "half-open", retryAfterMs: retryLeaseMs };
    },
    inform({ permit, verdict, isCurrent, durationMs, retryAfterMs: asksFor }) {
      const now = breaker.clock.now();
      suspicion.settled(now, verdict === "success" ? durationMs : undefined);
      const trial = leased.get(permit);
      retryAfterMs = asksFor;
      if (trial) keepAlive(ask({ type: "settle", ...trial, verdict }).then(follow));
      if (unleased.has(permit)) {
        recovers = verdict === "success";
        if (recovers) keepAlive(confirm());
        return;
      }
      if (trial || verdict === "ignored" || !isCurrent) return;
      if (verdict === "success") sampler.succeeded();
      else sampler.failed(thresholdOf(breaker.policy));
      if (breaker.phase.state === "open" && !isFleets) sampler.opened(thresholdOf(breaker.policy));
      report();
    },
    command(type, forced = false) {
      isFleets = type !== "close";
      known.expectForced(forced);
      nextLeaseAt = -Infinity;
      sampler.forget();
      const own = type === "half-open" ? { type } : { type, isForced: forced };
      keepAlive(ask(own).then(follow));
    },
    isDegraded: () => store.isDegraded(),
    isForced: () => known.isForced,
  };
}
