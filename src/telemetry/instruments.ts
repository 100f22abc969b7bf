/** One metric: its name in OpenTelemetry, from which Prometheus' name follows. */
export interface Instrument {
  readonly name: string;
  readonly kind: "counter" | "gauge" | "histogram";
  /** UCUM; in braces where it is only a word. */
  readonly unit: string;
  readonly description: string;
}

/** Every metric, by whatever way it leaves: OpenTelemetry's SDK or Prometheus' scrape. */
export const instruments = {
  calls: {
    name: "protego.calls",
    kind: "counter",
    unit: "{call}",
    description: "Calls that were made, by what became of them.",
  },
  refusals: {
    name: "protego.refusals",
    kind: "counter",
    unit: "{call}",
    description: "Calls that were refused; in mode observe, that would have been and were made.",
  },
  substitutes: {
    name: "protego.substitutes",
    kind: "counter",
    unit: "{call}",
    description: "Refused or failed calls that something else has answered, by what.",
  },
  duration: {
    name: "protego.call.duration",
    kind: "histogram",
    unit: "s",
    description: "How long calls took that succeeded or failed.",
  },
  transitions: {
    name: "protego.transitions",
    kind: "counter",
    unit: "{transition}",
    description: "Changes of a circuit's state.",
  },
  trials: {
    name: "protego.trials",
    kind: "counter",
    unit: "{round}",
    description: "Rounds of trials that have ended, by what they found; of a shared circuit, the fleet's.",
  },
  state: {
    name: "protego.state",
    kind: "gauge",
    unit: "{state}",
    description: "0 closed, 1 half-open, 2 open.",
  },
  notClosedSince: {
    name: "protego.not_closed_since",
    kind: "gauge",
    unit: "s",
    description: "When the circuit was last closed, in seconds since 1970. Only while it is not.",
  },
  held: {
    name: "protego.held",
    kind: "gauge",
    unit: "{circuit}",
    description: "1 while somebody holds the circuit in its state, else 0.",
  },
  enforced: {
    name: "protego.enforced",
    kind: "gauge",
    unit: "{circuit}",
    description: "1 where calls are refused in earnest, 0 where the circuit is only observed.",
  },
  lastCall: {
    name: "protego.last_call",
    kind: "gauge",
    unit: "s",
    description: "When a call last came, in seconds since 1970.",
  },
  inFlight: {
    name: "protego.in_flight",
    kind: "gauge",
    unit: "{call}",
    description: "Calls under way.",
  },
  inFlightLimit: {
    name: "protego.in_flight.limit",
    kind: "gauge",
    unit: "{call}",
    description: "How many calls may be under way, where there is a limit.",
  },
  retryAfter: {
    name: "protego.retry_after",
    kind: "gauge",
    unit: "s",
    description: "Time until a call may be admitted; infinite while the circuit is held open.",
  },
  storeDegraded: {
    name: "protego.store.degraded",
    kind: "gauge",
    unit: "{circuit}",
    description: "1 while the shared store does not answer. Only of shared circuits.",
  },
  storeRequests: {
    name: "protego.store.requests",
    kind: "counter",
    unit: "{request}",
    description:
      "Requests to shared stores, by what became of them; not_sent is over the budget or left alone.",
  },
  circuits: {
    name: "protego.circuits",
    kind: "gauge",
    unit: "{circuit}",
    description: "How many circuits there are.",
  },
  evictions: {
    name: "protego.evictions",
    kind: "counter",
    unit: "{circuit}",
    description: "Circuits forgotten to make room for others.",
  },
  buildInfo: {
    name: "protego.build_info",
    kind: "gauge",
    unit: "{build}",
    description: "Always 1; which version of the library this process runs.",
  },
} as const satisfies Record<string, Instrument>;

/** Attributes of metrics, spans and events. */
export const attribute = {
  circuit: "protego.circuit.name",
  outcome: "protego.call.outcome",
  mode: "protego.mode",
  refusal: "protego.refusal.reason",
  substitute: "protego.substitute.kind",
  from: "protego.transition.from",
  to: "protego.transition.to",
  reason: "protego.transition.reason",
  trial: "protego.trial.outcome",
  error: "error.type",
  storeResult: "protego.store.result",
  version: "protego.version",
} as const;

/** What a round of trials has found, if this change of state ended one. Commands and time end none. */
export function trialOutcome(change: { from: string; to: string; reason: string }): string | undefined {
  const isDecided = change.from === "half-open" && (change.reason === "calls" || change.reason === "fleet");
  if (!isDecided || change.to === "half-open") return undefined;
  return change.to === "closed" ? "succeeded" : "failed";
}

/** Upper bounds of durations, in seconds. */
export const durationBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** A state as one number: a single series, and larger is worse. */
export const stateNumber = { closed: 0, "half-open": 1, open: 2 } as const;

/** The name that OpenTelemetry's rules for Prometheus give a metric: units in words, `_total` for counters. */
export function prometheusName({ name, kind, unit }: Instrument): string {
  const seconds = unit === "s" ? "_seconds" : "";
  return `${prometheusLabel(name)}${seconds}${kind === "counter" ? "_total" : ""}`;
}

export function prometheusLabel(attributeName: string): string {
  return attributeName.replaceAll(".", "_");
}
