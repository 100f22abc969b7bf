import { circuits } from "../breaker/circuits.ts";
import type { ProtegoEvent } from "../breaker/events.ts";
import { createCircuitMetrics, outcomeAttributes, transitionAttributes } from "./circuit-metrics.ts";
import { activeSpan } from "./open-telemetry.ts";

export interface InstrumentOptions {
  /**
   * Tell on the span that is active at the call what became of it.
   *
   * @default true
   */
  spans?: boolean | undefined;
  /**
   * Count calls, refusals, transitions and states.
   *
   * @default true
   */
  metrics?: boolean | undefined;
}

/**
 * Reports every circuit to OpenTelemetry: attributes and events on the active span, and metrics
 * (`protego.circuit.calls`, `.call.duration` in seconds, `.transitions`, `.state`). Nothing has to be installed;
 * where nobody has registered OpenTelemetry nothing happens. Providers may be registered before or after.
 *
 * @returns a function that ends it
 * @example
 * // instrumentation.ts
 * export function register() {
 *   registerOTel("shop");
 *   instrumentCircuits();
 * }
 */
export function instrumentCircuits({ spans = true, metrics = true }: InstrumentOptions = {}): () => void {
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

function tellSpan(event: ProtegoEvent): void {
  if (event.type === "call.allowed") return;
  const span = activeSpan();
  if (!span) return;
  const name = { "protego.circuit.name": event.circuit };
  switch (event.type) {
    case "call.succeeded":
    case "call.ignored":
      span.setAttributes({ ...name, ...outcomeAttributes(event) });
      break;
    case "call.failed":
    case "call.refused":
      // An event as well: a span of several calls keeps the attributes of the last one only.
      span.setAttributes({ ...name, ...outcomeAttributes(event) });
      span.addEvent(`protego.${event.type}`, { ...name, ...outcomeAttributes(event) });
      break;
    case "circuit.changed": {
      const { from, to, reason } = event;
      span.setAttributes({ ...name, "protego.circuit.state": to });
      span.addEvent("protego.circuit.changed", { ...name, ...transitionAttributes({ from, to, reason }) });
      break;
    }
    case "circuit.created":
    case "circuit.forgotten":
    case "circuit.disposed":
      break;
    case "store.failed":
    case "store.recovered":
      span.addEvent(`protego.${event.type}`, name);
      break;
  }
}
