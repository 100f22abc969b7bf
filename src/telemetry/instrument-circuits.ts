import { circuits } from "../breaker/circuits.ts";
import type { ProtegoEvent } from "../breaker/events.ts";
import { anObject } from "../core/option.ts";
import {
  createCircuitMetrics,
  isOutcome,
  outcomeAttributes,
  transitionAttributes,
} from "./circuit-metrics.ts";
import { attribute } from "./instruments.ts";
import { activeSpan, type Attributes, type Span } from "./open-telemetry.ts";

export interface InstrumentOptions {
  /**
   * Tell on the span that is active at the call what became of it.
   *
   * @default true
   */
  spans?: boolean | undefined;
  /**
   * Count calls, refusals, durations, transitions and states.
   *
   * @default true
   */
  metrics?: boolean | undefined;
}

/**
 * Reports every circuit to OpenTelemetry: attributes and events on the active span, and the metrics that the
 * dashboard has for Prometheus, under the same names. Nothing has to be installed; where nobody has registered
 * OpenTelemetry nothing happens. Providers may be registered before or after.
 *
 * The attributes of a span are of one circuit, the first that reports on it; what others do is told by events.
 *
 * @returns a function that ends it
 * @throws {TypeError} for an option that there is not
 * @example
 * // instrumentation.ts
 * export function register() {
 *   registerOTel("shop");
 *   instrumentCircuits();
 * }
 */
export function instrumentCircuits(options: InstrumentOptions = {}): () => void {
  const { spans = true, metrics = true } = anObject("options", options, ["spans", "metrics"]);
  const circuitMetrics = createCircuitMetrics();
  const unsubscribe = circuits.subscribe((event) => {
    if (metrics) circuitMetrics.count(event);
    if (spans) tellSpan(event);
  });
  return () => {
    circuitMetrics.end();
    unsubscribe();
  };
}

/** The circuit that a span's attributes tell of. */
const owners = new WeakMap<Span, string>();

function tellSpan(event: ProtegoEvent): void {
  if (event.type === "call.allowed") return;
  const span = activeSpan();
  if (!span) return;
  const own = { [attribute.circuit]: event.circuit };
  if (event.type === "circuit.changed") {
    span.addEvent("protego.circuit.changed", { ...own, ...transitionAttributes(event) });
  } else if (event.type === "call.refused") {
    const refused = {
      ...own,
      [attribute.outcome]: event.observed ? "observed" : "refused",
      [attribute.refusal]: event.reason,
    };
    setAttributes(span, event.circuit, refused);
    span.addEvent("protego.call.refused", refused);
  } else if (event.type === "call.substituted") {
    span.addEvent("protego.call.substituted", { ...own, [attribute.substitute]: event.kind });
  } else if (isOutcome(event)) {
    // The kind of error goes on the event: on a span it would say that the span itself has failed.
    const outcome = event.type.slice("call.".length);
    setAttributes(span, event.circuit, { ...own, [attribute.outcome]: outcome });
    if (event.type === "call.failed")
      span.addEvent("protego.call.failed", { ...own, ...outcomeAttributes(event) });
  } else if (event.type === "store.failed" || event.type === "store.recovered") {
    span.addEvent(`protego.${event.type}`, own);
  }
}

function setAttributes(span: Span, circuit: string, attributes: Attributes): void {
  const owner = owners.get(span) ?? circuit;
  owners.set(span, owner);
  if (owner === circuit) span.setAttributes(attributes);
}
