import type { Listener, ProtegoEvent } from "./events.ts";

/** A logger that takes fields and a message, as pino and its like do. */
export interface FieldLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  child(bindings: object): unknown;
}

/** A logger that takes lines: the console. */
export interface LineLogger {
  info(line: string): void;
  warn(line: string): void;
}

/**
 * A listener that logs what is worth a line: changes of state and of the shared store, no calls. Opening and losing
 * the store are warnings. To the console goes one line of JSON; to a logger of fields (pino) the fields.
 *
 * @example
 * circuits.subscribe(logTo(console));
 */
export function logTo(logger: FieldLogger | LineLogger): Listener {
  return (event) => {
    const message = inWords(event);
    if (message === undefined) return;
    const isWarning =
      event.type === "store.failed" || (event.type === "circuit.changed" && event.to === "open");
    const level = isWarning ? "warn" : "info";
    if ("child" in logger) logger[level]({ ...event }, message);
    else logger[level](JSON.stringify({ level, message, ...event }));
  };
}

function inWords(event: ProtegoEvent): string | undefined {
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
    case "circuit.created":
    case "circuit.forgotten":
    case "circuit.disposed":
      return undefined;
  }
}
