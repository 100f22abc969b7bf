import type { ProtegoEvent } from "../breaker/events.ts";
import { failureKind } from "../core/failure-kind.ts";
import { latencyBucket, latencyBuckets } from "./latency.ts";

const mostKinds = 20;

/** What only who hears every call can know of a circuit. It never falls. */
export class CallDetail {
  /** Calls by the bucket of their duration. */
  readonly durations = Array.from({ length: latencyBuckets }, () => 0);
  durationsMs = 0;
  /** Failed calls by kind; kinds beyond twenty are `_OTHER`. */
  readonly failures = new Map<string, number>();
  readonly refusals = new Map<string, number>();
  readonly observedRefusals = new Map<string, number>();

  count(event: ProtegoEvent): void {
    switch (event.type) {
      case "call.failed":
        this.#measure(event.durationMs);
        return add(this.failures, failureKind(event.failure));
      case "call.succeeded":
        return this.#measure(event.durationMs);
      case "call.refused":
        return add(event.observed ? this.observedRefusals : this.refusals, event.reason);
      case "call.allowed":
      case "call.ignored":
      case "call.substituted":
      case "circuit.changed":
      case "circuit.created":
      case "circuit.forgotten":
      case "circuit.disposed":
      case "store.failed":
      case "store.recovered":
    }
  }

  #measure(durationMs: number): void {
    if (!(durationMs >= 0)) return;
    this.durations[latencyBucket(durationMs)]!++;
    this.durationsMs += durationMs;
  }
}

function add(counts: Map<string, number>, given: string): void {
  const kind = counts.has(given) || counts.size < mostKinds ? given : "_OTHER";
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}
