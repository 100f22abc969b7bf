import { circuits } from "../breaker/circuits.ts";
import { registry } from "../breaker/registry.ts";
import type { ProtegoEvent } from "../breaker/events.ts";
import { type Watcher, watchers } from "../breaker/watchers.ts";
import { epochMs } from "../runtime/clock.ts";
import { version } from "../runtime/version.ts";
import { errorType } from "./error-type.ts";
import {
  attribute,
  durationBounds,
  type Instrument,
  instruments,
  stateNumber,
  trialOutcome,
} from "./instruments.ts";
import { StoreRequests } from "./store-requests.ts";
import { type Attributes, currentMeter, type Meter } from "./open-telemetry.ts";

/** Counts events as metrics, from the moment on that somebody has registered a provider of metrics. */
export interface CircuitMetrics {
  count(event: ProtegoEvent): void;
  /** No state is told any more. */
  end(): void;
}

export function createCircuitMetrics(): CircuitMetrics {
  let instrumented: CircuitMetrics | undefined;
  let hasEnded = false;
  return {
    count(event) {
      if (hasEnded) return;
      const meter = instrumented ? undefined : currentMeter();
      if (meter) {
        // One that cannot do what is asked of it is asked once, and not for each event.
        instrumented = { count() {}, end() {} };
        instrumented = instrument(meter);
      }
      instrumented?.count(event);
    },
    end() {
      hasEnded = true;
      instrumented?.end();
    },
  };
}

/** What no snapshot tells: when a circuit left its closed state, and when it was last called. */
interface Moments {
  notClosedSince?: number | undefined;
  lastCallAt?: number | undefined;
}

function instrument(meter: Meter): CircuitMetrics {
  const counter = ({ name, unit, description }: Instrument) =>
    meter.createCounter(name, { unit, description });
  const calls = counter(instruments.calls);
  const refusals = counter(instruments.refusals);
  const substitutes = counter(instruments.substitutes);
  const transitions = counter(instruments.transitions);
  const trials = counter(instruments.trials);
  const evictions = counter(instruments.evictions);
  const { name, unit, description } = instruments.duration;
  const durations = meter.createHistogram(name, {
    unit,
    description,
    advice: { explicitBucketBoundaries: durationBounds },
  });
  const moments = new Map<string, Moments>();
  const momentsOf = (circuit: string): Moments => {
    const known = moments.get(circuit) ?? {};
    // No more than the registry keeps; forgotten circuits take theirs with them.
    if (registry().breakers.has(circuit)) moments.set(circuit, known);
    return known;
  };
  const watcher: Watcher = (breaker, event) => {
    if (!event) {
      moments.delete(breaker.name);
      addQuietly(evictions);
      return;
    }
    if (!("type" in event)) return;
    const known = momentsOf(event.circuit);
    if (event.to === "closed") known.notClosedSince = undefined;
    else if (event.from === "closed") known.notClosedSince = epochMs();
  };
  let hasEnded = false;
  observeStates(meter, moments, () => hasEnded);
  watchers().add(watcher);
  return {
    count(event) {
      const own = { [attribute.circuit]: event.circuit };
      if (event.type === "circuit.changed") {
        transitions.add(1, { ...own, ...transitionAttributes(event) });
        const found = trialOutcome(event);
        if (found) trials.add(1, { ...own, [attribute.trial]: found });
        return;
      }
      if (event.type === "call.substituted") {
        return substitutes.add(1, { ...own, [attribute.substitute]: event.kind });
      }
      if (event.type === "call.refused") {
        refusals.add(1, {
          ...own,
          [attribute.refusal]: event.reason,
          [attribute.mode]: event.observed ? "observe" : "enforce",
        });
      } else if (isOutcome(event)) {
        const mode = registry().breakers.get(event.circuit)?.observes ? "observe" : "enforce";
        calls.add(1, { ...own, [attribute.mode]: mode, ...outcomeAttributes(event) });
        if (event.type !== "call.ignored" && event.durationMs >= 0)
          durations.record(event.durationMs / 1000, own);
      } else return;
      momentsOf(event.circuit).lastCallAt = epochMs();
    },
    end() {
      hasEnded = true;
      watchers().delete(watcher);
    },
  };
}

/** A watcher must not throw, whatever somebody's SDK does. */
function addQuietly(counter: ReturnType<Meter["createCounter"]>): void {
  try {
    counter.add(1, {});
  } catch {
    // One is missing from the count.
  }
}

function observeStates(meter: Meter, moments: ReadonlyMap<string, Moments>, hasEnded: () => boolean): void {
  const observed = (
    { name, kind, unit, description }: Instrument,
    values: () => Iterable<readonly [number | undefined, Attributes]>,
  ): void => {
    const options = { unit, description };
    const instrument =
      kind === "counter"
        ? meter.createObservableCounter(name, options)
        : meter.createObservableGauge(name, options);
    instrument.addCallback((result) => {
      if (hasEnded()) return;
      for (const [value, attributes] of values()) if (value !== undefined) result.observe(value, attributes);
    });
  };
  const ofEach = (
    instrument: Instrument,
    value: (snapshot: ReturnType<typeof circuits.snapshot>[number]) => number | undefined,
  ): void =>
    observed(instrument, () =>
      circuits.snapshot().map((each) => [value(each), { [attribute.circuit]: each.name }] as const),
    );
  ofEach(instruments.state, ({ state }) => stateNumber[state]);
  ofEach(instruments.held, ({ forced }) => Number(forced));
  ofEach(instruments.enforced, ({ name }) => Number(!registry().breakers.get(name)?.observes));
  ofEach(instruments.inFlight, ({ inFlight }) => inFlight);
  ofEach(instruments.inFlightLimit, ({ options }) => options.maxConcurrent);
  ofEach(instruments.retryAfter, ({ forced, state, retryAfter }) =>
    forced && state === "open" ? Infinity : retryAfter / 1000,
  );
  ofEach(instruments.storeDegraded, ({ shared, degraded }) => (shared ? Number(degraded) : undefined));
  ofEach(instruments.notClosedSince, ({ name }) => inSeconds(moments.get(name)?.notClosedSince));
  ofEach(instruments.lastCall, ({ name }) => inSeconds(moments.get(name)?.lastCallAt));
  observed(instruments.circuits, () => [[registry().breakers.size, {}]]);
  observed(instruments.buildInfo, () => [[1, { [attribute.version]: version }]]);
  const requests = new StoreRequests();
  observed(instruments.storeRequests, () =>
    requests.counts().map(([result, count]) => [count, { [attribute.storeResult]: result }] as const),
  );
}

function inSeconds(epoch: number | undefined): number | undefined {
  return epoch === undefined ? undefined : epoch / 1000;
}

export type CallOutcome = Extract<ProtegoEvent, { type: "call.succeeded" | "call.failed" | "call.ignored" }>;

export function isOutcome(event: ProtegoEvent): event is CallOutcome {
  return event.type === "call.succeeded" || event.type === "call.failed" || event.type === "call.ignored";
}

/** What became of a call, as attributes of a metric or an event. Few values: no message is among them. */
export function outcomeAttributes(event: CallOutcome): Attributes {
  const outcome = { [attribute.outcome]: event.type.slice("call.".length) };
  return event.type === "call.failed" ? { ...outcome, [attribute.error]: errorType(event.failure) } : outcome;
}

export function transitionAttributes(change: { from: string; to: string; reason: string }): Attributes {
  return {
    [attribute.from]: change.from,
    [attribute.to]: change.to,
    [attribute.reason]: change.reason,
  };
}
