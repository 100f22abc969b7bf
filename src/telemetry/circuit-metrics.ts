import { circuits } from "../breaker/circuits.ts";
import type { ProtegoEvent } from "../breaker/events.ts";
import { type Attributes, currentMeter, type Meter } from "./open-telemetry.ts";

/** Seconds, as OpenTelemetry's conventions for durations of HTTP have them. */
const explicitBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

const states = ["closed", "open", "half-open"] as const;

/** Counts events as metrics, from the moment on that somebody has registered a provider of metrics. */
export interface CircuitMetrics {
  count(event: ProtegoEvent): void;
  /** No state is told any more. */
  end(): void;
}

export function createCircuitMetrics(): CircuitMetrics {
  let add: ((event: ProtegoEvent) => void) | undefined;
  let hasEnded = false;
  return {
    count(event) {
      if (!add) {
        const meter = currentMeter();
        if (!meter) return;
        add = instruments(meter, () => hasEnded);
      }
      add(event);
    },
    end() {
      hasEnded = true;
    },
  };
}

function instruments(meter: Meter, hasEnded: () => boolean): (event: ProtegoEvent) => void {
  const calls = meter.createCounter("protego.circuit.calls", {
    unit: "{call}",
    description: "Calls by what became of them.",
  });
  const durations = meter.createHistogram("protego.circuit.call.duration", {
    unit: "s",
    description: "Duration of calls that were admitted.",
    advice: { explicitBucketBoundaries },
  });
  const transitions = meter.createCounter("protego.circuit.transitions", {
    unit: "{transition}",
    description: "Changes of a circuit's state.",
  });
  meter
    .createObservableGauge("protego.circuit.state", {
      unit: "1",
      description: "1 for the state a circuit is in, 0 for the others.",
    })
    .addCallback((result) => {
      for (const { name, state } of hasEnded() ? [] : circuits.list()) {
        for (const each of states) {
          result.observe(Number(each === state), {
            "protego.circuit.name": name,
            "protego.circuit.state": each,
          });
        }
      }
    });
  return (event) => {
    const name = { "protego.circuit.name": event.circuit };
    switch (event.type) {
      case "call.succeeded":
      case "call.failed":
      case "call.ignored": {
        const attributes = { ...name, ...outcomeAttributes(event) };
        calls.add(1, attributes);
        durations.record(event.durationMs / 1000, attributes);
        break;
      }
      case "call.refused":
        calls.add(1, { ...name, ...outcomeAttributes(event) });
        break;
      case "circuit.changed": {
        const { from, to, reason } = event;
        transitions.add(1, { ...name, ...transitionAttributes({ from, to, reason }) });
        break;
      }
      case "call.allowed":
      case "circuit.created":
      case "circuit.forgotten":
      case "circuit.disposed":
      case "store.failed":
      case "store.recovered":
        break;
    }
  };
}

type CallEnd = Extract<
  ProtegoEvent,
  { type: "call.succeeded" | "call.failed" | "call.ignored" | "call.refused" }
>;

/** What became of a call, as attributes of a span or a metric. Few values: no message is among them. */
export function outcomeAttributes(event: CallEnd): Attributes {
  const outcome = { "protego.call.outcome": event.type.slice("call.".length) };
  switch (event.type) {
    case "call.failed":
      return { ...outcome, "error.type": errorType(event.failure) };
    case "call.refused":
      return { ...outcome, "protego.refusal.reason": event.reason };
    case "call.succeeded":
    case "call.ignored":
      return outcome;
  }
}

export function transitionAttributes(change: { from: string; to: string; reason: string }): Attributes {
  return {
    "protego.circuit.state.from": change.from,
    "protego.circuit.state.to": change.to,
    "protego.transition.reason": change.reason,
  };
}

/** The status where there is one, otherwise the error's class: the convention for `error.type`. */
function errorType(failure: unknown): string {
  if (failure instanceof Error) return failure.name;
  const status = typeof failure === "string" ? /^HTTP (\d{3})\b/.exec(failure)?.[1] : undefined;
  return status ?? "_OTHER";
}
