import type { Breaker } from "../breaker/breaker.ts";
import { registry } from "../breaker/registry.ts";
import type { CircuitChanged } from "../breaker/watchers.ts";
import { epochMs } from "../runtime/clock.ts";
import { failureKind } from "../core/failure-kind.ts";
import type { ProtegoEvent } from "../breaker/events.ts";
import { CallDetail } from "./call-detail.ts";
import { Buckets, columns } from "./buckets.ts";
import type { Circuit } from "../breaker/circuit.ts";
import { isHeld } from "../breaker/snapshot.ts";
import { carryOut } from "./command.ts";
import {
  addTo,
  type Counters,
  growth,
  type Mode,
  noCounters,
  outcomes,
  type Seen,
  seenOf,
  substituteKinds,
  substitutesOf,
} from "./counters.ts";
import { type Command, type Figures, Journal } from "./journal.ts";
import { quantileMs } from "./latency.ts";

export const sliceMs = 10_000;
/** Five minutes in slices of ten seconds, an hour in minutes. */
export const slices = 30;
export const minutes = 60;

/** Memory for counts in time. Circuits that have not been called for longest lose theirs first. */
export const mostBytes = 6_200_000;
const bytesOfOne = Buckets.bytes(slices) + Buckets.bytes(minutes);
const mostForgotten = 1000;

/** What is known of one circuit. */
export interface Past {
  readonly counters: Counters;
  seen: Seen | undefined;
  buckets: { readonly fine: Buckets; readonly coarse: Buckets } | undefined;
  /** Milliseconds since 1970. */
  changedAt: number | undefined;
  notClosedSince: number | undefined;
  lastCallAt: number | undefined;
  mode: Mode;
  /** What opened it last. */
  openedBy: string | undefined;
  isDegraded: boolean;
  isHeld: boolean;
  /** Where every call is heard. */
  detail: CallDetail | undefined;
}

/** Clocks that a history is told, so that it needs none. */
export interface Moment {
  readonly now: number;
  /** Milliseconds since 1970. */
  readonly epoch: number;
}

/**
 * What the circuits of this process have done, from the moment it was made, in bounded memory. It counts by reading
 * the totals that circuits keep anyway: calls pay nothing for it.
 */
export class History {
  readonly journal = new Journal();
  readonly transitions = new Map<
    string,
    { from: string; to: string; reason: string; circuit: string; times: number }
  >();
  evictions = 0;
  /** Counts of circuits that have been forgotten here as well. */
  readonly others = noCounters();
  readonly #pasts = new Map<string, Past>();
  /** Of circuits that the registry has forgotten, oldest first. */
  readonly #gone = new Map<string, Past>();
  #command: Command | undefined;

  past(circuit: string): Past | undefined {
    return this.#pasts.get(circuit);
  }

  /** Of circuits that are there, and of those that were. */
  *pasts(): Iterable<[circuit: string, past: Past]> {
    yield* this.#pasts;
    yield* this.#gone;
  }

  /** Reads the totals of every circuit. */
  sample(at: Moment): void {
    const { breakers } = registry();
    for (const breaker of breakers.values()) {
      try {
        this.sampleOne(breaker, at);
      } catch {
        // A record of another version: it hides nothing else.
      }
    }
    if (this.#pasts.size === breakers.size) return;
    for (const [name, past] of this.#pasts) if (!breakers.has(name)) this.#retire(name, past);
  }

  sampleOne(breaker: Breaker, { now, epoch }: Moment): Past {
    const past = this.#pasts.get(breaker.name) ?? this.#begin(breaker, now, epoch);
    const seen = seenOf(breaker);
    const more = growth(past.seen, seen);
    past.seen = seen;
    past.mode = breaker.observes ? "observe" : "enforce";
    const isDegraded = breaker.fleet?.isDegraded() ?? false;
    if (isDegraded !== past.isDegraded) {
      past.isDegraded = isDegraded;
      this.journal.store(breaker.name, isDegraded, epoch);
    }
    past.isHeld = isHeld(breaker.phase, breaker.clock.now(), breaker.fleet);
    const calls = more.succeeded + more.failed + more.ignored + more.refused;
    const substituted = substitutesOf(more);
    if (calls === 0 && substituted === 0) return past;
    if (calls > 0) past.lastCallAt = epoch;
    for (const outcome of outcomes) past.counters.calls[past.mode][outcome] += more[outcome];
    past.counters.refused += more.refused;
    past.counters.observed += more.observed;
    for (const kind of substituteKinds) past.counters.substitutes[kind] += more[kind];
    const { fine, coarse } = this.#bucketsOf(past, now);
    for (const column of columns) {
      const added = column === "substituted" ? substituted : more[column];
      if (added === 0) continue;
      fine.add(column, added, now);
      coarse.add(column, added, now);
    }
    return past;
  }

  /** The end of a call, as far as somebody listens. */
  heard(event: ProtegoEvent, now: number, isEvery: boolean): void {
    const past = this.#pasts.get(event.circuit) ?? this.#metNow(event.circuit, now);
    if (!past) return;
    if (isEvery) (past.detail ??= new CallDetail()).count(event);
    if (event.type !== "call.succeeded" && event.type !== "call.failed") return;
    // Calls that had begun before anybody listened have no duration.
    if (!(event.durationMs >= 0)) return;
    const { fine, coarse } = this.#bucketsOf(past, now);
    fine.measure(event.durationMs, now);
    coarse.measure(event.durationMs, now);
  }

  #metNow(circuit: string, now: number): Past | undefined {
    const breaker = registry().breakers.get(circuit);
    return breaker && this.sampleOne(breaker, { now, epoch: epochMs() });
  }

  changed(breaker: Breaker, event: CircuitChanged, at: Moment): void {
    const past = this.sampleOne(breaker, at);
    const { from, to, reason, by } = event;
    const byCalls = reason === "calls" && to === "open";
    const failure = byCalls ? failureKind(breaker.lastFailure) : undefined;
    const command =
      this.#command ?? (reason === "command" || by !== undefined ? commandOf(breaker, by) : undefined);
    past.changedAt = at.epoch;
    past.notClosedSince = to === "closed" ? undefined : (past.notClosedSince ?? at.epoch);
    if (to === "open" && from === "closed") past.openedBy = failure ?? reason;
    this.journal.changed(
      {
        circuit: breaker.name,
        from,
        to,
        reason,
        failure,
        figures: byCalls && from === "closed" ? this.figures(past, breaker, at.now) : undefined,
        observed: past.mode === "observe",
        counters: past.counters,
      },
      at.epoch,
      command,
    );
    const key = JSON.stringify([breaker.name, from, to, reason]);
    const transition = this.transitions.get(key);
    if (transition) transition.times++;
    else if (this.transitions.size < 8 * mostForgotten) {
      this.transitions.set(key, { circuit: breaker.name, from, to, reason, times: 1 });
    }
  }

  /** A command that has changed no state. */
  commanded(breaker: Breaker, by: string | undefined, at: Moment): void {
    const wasHeld = this.#pasts.get(breaker.name)?.isHeld ?? false;
    const past = this.sampleOne(breaker, at);
    const command = this.#command ?? commandOf(breaker, by ?? theApp)!;
    // Closing what is closed is nothing to tell of.
    const isNothing = !past.isHeld && !wasHeld && breaker.phase.state !== "open";
    if (this.#command || !isNothing) this.journal.commanded(breaker.name, command, at.epoch);
  }

  /** The registry has forgotten it: its counts stay. */
  forgotten(breaker: Breaker, at: Moment): void {
    const past = this.sampleOne(breaker, at);
    this.evictions++;
    this.journal.forgotten(breaker.name, past.counters, at.epoch);
    this.#retire(breaker.name, past);
  }

  /** Keeps the counters of a circuit that is there no more. */
  #retire(name: string, past: Past): void {
    past.buckets = undefined;
    past.seen = undefined;
    this.#pasts.delete(name);
    this.#gone.set(name, past);
    if (this.#gone.size <= mostForgotten) return;
    const [oldest, its] = this.#gone.entries().next().value as [string, Past];
    addTo(this.others, its.counters);
    this.#gone.delete(oldest);
  }

  /** Carries out somebody's command, and writes down whose it was. */
  command(circuit: Circuit, command: Command, at: Moment): void {
    const before = this.journal.entries[0];
    this.#command = command;
    try {
      carryOut(
        command.action,
        circuit,
        command.why ? `${command.who} (${command.why})` : command.who,
        command.forMs,
      );
    } finally {
      this.#command = undefined;
    }
    if (this.journal.entries[0] === before) this.journal.commanded(circuit.name, command, at.epoch);
  }

  /** The last half minute. */
  figures(past: Past, breaker: Breaker, now: number): Figures {
    const sum = past.buckets?.fine.sum(3, now);
    return {
      calls: sum ? sum.succeeded + sum.failed : 0,
      failed: sum?.failed ?? 0,
      inFlight: breaker.inFlight,
      p95Ms: past.buckets && quantileMs(past.buckets.fine.latency(3, now), 0.95),
    };
  }

  #begin(breaker: Breaker, now: number, epoch: number): Past {
    const { phase } = breaker;
    const since = phase.state === "half-open" ? now : phase.since;
    const began = epoch - Math.max(0, breaker.clock.now() - since);
    const gone = this.#gone.get(breaker.name);
    this.#gone.delete(breaker.name);
    const past: Past = {
      counters: gone?.counters ?? noCounters(),
      seen: undefined,
      buckets: undefined,
      changedAt: phase.state === "closed" && phase.generation === 0 ? undefined : began,
      notClosedSince: phase.state === "closed" ? undefined : began,
      lastCallAt: undefined,
      mode: "enforce",
      openedBy: undefined,
      isDegraded: false,
      isHeld: false,
      detail: gone?.detail,
    };
    this.#pasts.set(breaker.name, past);
    return past;
  }

  #bucketsOf(past: Past, now: number): NonNullable<Past["buckets"]> {
    if (past.buckets) return past.buckets;
    const holders = [...this.#pasts.values()].filter(({ buckets }) => buckets);
    if ((holders.length + 1) * bytesOfOne > mostBytes) {
      const idle = holders.reduce((a, b) => ((a.lastCallAt ?? 0) <= (b.lastCallAt ?? 0) ? a : b));
      idle.buckets = undefined;
    }
    past.buckets = { fine: new Buckets(slices, sliceMs, now), coarse: new Buckets(minutes, 60_000, now) };
    return past.buckets;
  }
}

/** Whose command it is that was given by code that does not say so. */
const theApp = "the app";

/** The command that has led to how a circuit is now. @returns `undefined` where a change of state says as much */
function commandOf({ phase, clock }: Breaker, by: string | undefined): Command | undefined {
  const [who, why] = [by ?? theApp, ""];
  if (phase.state === "open" && phase.until === Infinity) return { action: "hold-open", who, why };
  if (phase.state === "closed" && phase.heldUntil! > clock.now()) {
    const heldMs = phase.heldUntil! - clock.now();
    return { action: "hold-closed", who, why, forMs: heldMs < Infinity ? heldMs : undefined };
  }
  if (by === undefined) return undefined;
  if (phase.state === "open") return { action: "open", who, why, forMs: phase.until - clock.now() };
  return { action: phase.state === "closed" ? "close" : phase.state, who, why };
}
