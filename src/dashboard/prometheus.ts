import type { CircuitReport } from "./circuit-report.ts";

const states = ["closed", "open", "half-open"] as const;
const outcomes = ["succeeded", "failed", "ignored", "refused"] as const;

type Labels = Record<string, string>;

/** Prometheus' text exposition, version 0.0.4. Counters start again when a circuit is reset, as those of a restart do. */
export function prometheusText(reports: readonly CircuitReport[]): string {
  const family = (
    name: string,
    type: "gauge" | "counter",
    help: string,
    values: (report: CircuitReport) => Array<[labels: Labels, value: number]>,
  ): string => {
    const samples = reports.flatMap((report) =>
      values(report).map(([labels, value]) => sample(name, { circuit: report.name, ...labels }, value)),
    );
    return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples, ""].join("\n");
  };
  return [
    family("protego_circuit_state", "gauge", "1 for the state a circuit is in.", ({ state }) =>
      states.map((each) => [{ state: each }, Number(each === state)]),
    ),
    family("protego_calls_total", "counter", "Calls by what became of them.", ({ totals }) =>
      outcomes.map((outcome) => [{ outcome }, totals[outcome]]),
    ),
    family("protego_calls_in_flight", "gauge", "Calls under way.", ({ inFlight }) => [[{}, inFlight]]),
    family("protego_circuit_retry_after_seconds", "gauge", "Time until a call may be admitted.", (report) => [
      [{}, report.retryAfter / 1000],
    ]),
    family("protego_store_degraded", "gauge", "1 while the shared store does not answer.", (report) => [
      [{}, Number(report.degraded)],
    ]),
  ].join("");
}

function sample(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}{${pairs.join(",")}} ${value}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
