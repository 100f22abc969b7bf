import type { Breaker } from "../breaker/breaker.ts";
import { registry } from "../breaker/registry.ts";
import { monotonicClock, epochMs } from "../runtime/clock.ts";
import { version } from "../runtime/version.ts";
import {
  attribute,
  durationBounds,
  type Instrument,
  instruments,
  prometheusLabel,
  prometheusName,
  stateNumber,
  trialOutcome,
} from "../telemetry/instruments.ts";
import { StoreRequests } from "../telemetry/store-requests.ts";
import { type CircuitReport, circuitReports } from "./circuit-report.ts";
import { modes, outcomes, outcomeOf, substituteKinds } from "./counters.ts";
import type { History, Past } from "./history.ts";

type Labels = Partial<Record<(typeof attribute)[keyof typeof attribute], string>>;
type Sample = readonly [labels: Labels, value: number];

/** Stands for all circuits that have been forgotten for good. */
const others = "_other";

let ofStores: StoreRequests | undefined;

function storeRequests(): ReturnType<StoreRequests["counts"]> {
  return (ofStores ??= new StoreRequests()).counts();
}

/**
 * Prometheus' text exposition, version 0.0.4. Counters never fall: they go on over resets of a circuit and while its
 * name is forgotten. A scrape changes nothing and makes no call dearer.
 */
export function prometheusText(history: History): string {
  const reports = circuitReports(history, { now: monotonicClock.now(), epoch: epochMs() });
  const pasts: ReadonlyArray<readonly [string, Pick<Past, "counters" | "detail">]> = [
    ...history.pasts(),
    ...(history.evictions > 0 && !history.past(others)
      ? [[others, { counters: history.others, detail: undefined }] as const]
      : []),
  ];
  const ofEach = (values: (report: CircuitReport) => number | undefined): Sample[] =>
    reports.flatMap((report) => {
      const value = values(report);
      return value === undefined ? [] : [[{ [attribute.circuit]: report.name }, value] as const];
    });
  const counted = (values: (circuit: Labels, past: (typeof pasts)[number][1]) => Sample[]): Sample[] =>
    pasts.flatMap(([name, past]) => values({ [attribute.circuit]: name }, past));
  const breakers: ReadonlyMap<string, Breaker> = registry().breakers;
  return [
    family(instruments.calls, counted(callsOf)),
    family(instruments.refusals, counted(refusalsOf)),
    family(instruments.substitutes, counted(substitutesIn)),
    histogram(instruments.duration, pasts),
    family(
      instruments.transitions,
      [...history.transitions.values()].map(({ circuit, from, to, reason, times }) => [
        {
          [attribute.circuit]: circuit,
          [attribute.from]: from,
          [attribute.to]: to,
          [attribute.reason]: reason,
        },
        times,
      ]),
    ),
    family(instruments.trials, trialsOf(history)),
    family(
      instruments.state,
      ofEach(({ state }) => stateNumber[state]),
    ),
    family(
      instruments.notClosedSince,
      ofEach(({ notClosedSince }) => inSeconds(notClosedSince)),
    ),
    family(
      instruments.held,
      ofEach(({ held }) => Number(held)),
    ),
    family(
      instruments.enforced,
      ofEach(({ mode }) => Number(mode === "enforce")),
    ),
    family(
      instruments.lastCall,
      ofEach(({ lastCallAt }) => inSeconds(lastCallAt)),
    ),
    family(
      instruments.inFlight,
      ofEach(({ inFlight }) => inFlight),
    ),
    family(
      instruments.inFlightLimit,
      ofEach(({ maxConcurrent }) => maxConcurrent),
    ),
    family(
      instruments.retryAfter,
      ofEach(({ retryAfter }) => (retryAfter === null ? Infinity : retryAfter / 1000)),
    ),
    family(
      instruments.storeDegraded,
      ofEach(({ shared, degraded }) => (shared ? Number(degraded) : undefined)),
    ),
    family(
      instruments.storeRequests,
      storeRequests().map(([result, requests]) => [{ [attribute.storeResult]: result }, requests]),
    ),
    family(instruments.circuits, [[{}, breakers.size]]),
    family(instruments.buildInfo, [[{ [attribute.version]: version }, 1]]),
    family(instruments.evictions, [[{}, history.evictions]]),
  ].join("");
}

function trialsOf(history: History): Sample[] {
  const rounds = new Map<string, Sample>();
  for (const change of history.transitions.values()) {
    const found = trialOutcome(change);
    if (!found) continue;
    const key = JSON.stringify([change.circuit, found]);
    const labels = { [attribute.circuit]: change.circuit, [attribute.trial]: found };
    rounds.set(key, [labels, (rounds.get(key)?.[1] ?? 0) + change.times]);
  }
  return [...rounds.values()];
}

function callsOf(circuit: Labels, { counters, detail }: Pick<Past, "counters" | "detail">): Sample[] {
  return modes.flatMap((mode) => {
    const made = counters.calls[mode];
    // A mode that was never used has no series.
    if (mode === "observe" && outcomes.every((outcome) => made[outcome] === 0)) return [];
    const labels = { ...circuit, [attribute.mode]: mode };
    return outcomes.flatMap((outcome): Sample[] => {
      const own = { ...labels, [attribute.outcome]: outcome };
      if (outcome !== "failed" || mode === "observe" || !detail) return [[own, made[outcome]]];
      return byKind(own, attribute.error, made.failed, errorTypes(detail.failures));
    });
  });
}

function refusalsOf(circuit: Labels, { counters, detail }: Pick<Past, "counters" | "detail">): Sample[] {
  const enforced = { ...circuit, [attribute.mode]: "enforce" };
  const observed = { ...circuit, [attribute.mode]: "observe" };
  return [
    ...byKind(enforced, attribute.refusal, counters.refused, detail?.refusals),
    ...(counters.observed > 0
      ? byKind(observed, attribute.refusal, counters.observed, detail?.observedRefusals)
      : []),
  ];
}

/** Of circuits that never failed nor refused a call there is nothing to count. */
function substitutesIn(circuit: Labels, { counters }: Pick<Past, "counters">): Sample[] {
  if (outcomeOf(counters, "failed") + counters.refused === 0) return [];
  return substituteKinds.map((kind) => [
    { ...circuit, [attribute.substitute]: kind },
    counters.substitutes[kind],
  ]);
}

/** Counts by kind where calls are heard, and the rest without one. Together they are the total. */
function byKind(
  labels: Labels,
  kind: (typeof attribute)["error" | "refusal"],
  total: number,
  counts: ReadonlyMap<string, number> = new Map(),
): Sample[] {
  const known = [...counts].map(([value, calls]): Sample => [{ ...labels, [kind]: value }, calls]);
  const rest = total - known.reduce((sum, [, calls]) => sum + calls, 0);
  return rest > 0 || known.length === 0 ? [[labels, Math.max(0, rest)], ...known] : known;
}

function errorTypes(kinds: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...kinds].map(([kind, calls]) => [kind.replace(/^HTTP /, ""), calls]));
}

function histogram(
  instrument: Instrument,
  pasts: ReadonlyArray<readonly [string, Pick<Past, "detail">]>,
): string {
  const name = prometheusName(instrument);
  const lines = pasts.flatMap(([circuit, { detail }]) => {
    if (!detail) return [];
    const labels = { [attribute.circuit]: circuit };
    let below = 0;
    const buckets = detail.durations.map((calls, index) => {
      below += calls;
      return sample(`${name}_bucket`, { ...labels, le: String(durationBounds[index] ?? "+Inf") }, below);
    });
    return [
      ...buckets,
      sample(`${name}_sum`, labels, detail.durationsMs / 1000),
      sample(`${name}_count`, labels, below),
    ];
  });
  return lines.length === 0 ? "" : [...head(instrument, name), ...lines, ""].join("\n");
}

function family(instrument: Instrument, samples: readonly Sample[]): string {
  const name = prometheusName(instrument);
  const lines = samples.map(([labels, value]) => sample(name, labels, value));
  return [...head(instrument, name), ...lines, ""].join("\n");
}

function head({ description, kind }: Instrument, name: string): string[] {
  return [`# HELP ${name} ${description}`, `# TYPE ${name} ${kind}`];
}

function sample(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${prometheusLabel(label)}="${escaped(text)}"`);
  const number = value === Infinity ? "+Inf" : String(value);
  return pairs.length === 0 ? `${name} ${number}` : `${name}{${pairs.join(",")}} ${number}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function inSeconds(epoch: number | undefined): number | undefined {
  return epoch === undefined ? undefined : Math.round(epoch) / 1000;
}
