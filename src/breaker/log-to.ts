import { failureKind } from "../core/failure-kind.ts";
import { invalid } from "../core/option.ts";
import { epochMs } from "../runtime/clock.ts";
import type { Listener, ProtegoEvent } from "./events.ts";
import { registry } from "./registry.ts";

/** A logger that takes fields and a message, as pino and bunyan do. */
export interface FieldLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  child(bindings: object): unknown;
}

/** A logger that takes a message and fields, as winston does. */
export interface MessageLogger {
  info(message: string, fields: object): unknown;
  warn(message: string, fields: object): unknown;
  readonly transports: unknown;
}

/** A logger that takes lines: the console. */
export interface LineLogger {
  info(line: string): void;
  warn(line: string): void;
}

/**
 * A listener that logs what is worth a line: changes of state and of the shared store, no calls. Opening and losing
 * the store are warnings. To the console goes one line of JSON with its time; pino, bunyan and winston get a message
 * and fields. What opened a circuit is told as `failure`: a code, a status or a class, never a message.
 *
 * @throws {TypeError} when it has no `info` or no `warn`
 * @example
 * circuits.subscribe(logTo(console));
 */
export function logTo(logger: FieldLogger | MessageLogger | LineLogger): Listener {
  for (const level of ["info", "warn"] as const) {
    if (typeof logger?.[level] !== "function")
      throw invalid("logger", logger, "a logger with info() and warn()");
  }
  return (event) => {
    const message = lineOf(event);
    if (message === undefined) return;
    const isWarning =
      event.type === "store.failed" || (event.type === "circuit.changed" && event.to === "open");
    const level = isWarning ? "warn" : "info";
    const fields = { ...event, failure: undefined, ...cause(event) };
    if ("transports" in logger) logger[level](message, fields);
    else if ("child" in logger) logger[level](fields, message);
    else {
      const time = new Date(epochMs()).toISOString();
      logger[level](JSON.stringify({ time, level, message, ...fields }));
    }
  };
}

/** Why a circuit has opened, and whether calls are refused for it. */
function cause(event: ProtegoEvent): object {
  if (event.type !== "circuit.changed" || event.to !== "open") return {};
  const breaker = registry().breakers.get(event.circuit);
  const failure = breaker?.lastFailure;
  return {
    ...(event.reason === "calls" && failure !== undefined && { failure: failureKind(failure) }),
    ...(breaker?.observes && { mode: "observe" }),
  };
}

function lineOf(event: ProtegoEvent): string | undefined {
  switch (event.type) {
    case "circuit.changed":
      return `circuit ${event.from} -> ${event.to}`;
    case "store.failed":
      return "circuit lost its shared store";
    case "store.recovered":
      return "circuit has its shared store again";
    case "call.allowed":
    case "call.succeeded":
    case "call.failed":
    case "call.ignored":
    case "call.refused":
    case "call.substituted":
    case "circuit.created":
    case "circuit.forgotten":
    case "circuit.disposed":
      return undefined;
  }
}
