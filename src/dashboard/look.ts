import { epochMs, monotonicClock } from "../runtime/clock.ts";
import type { Buckets } from "./buckets.ts";
import {
  type CircuitReport,
  circuitReports,
  minutesOf,
  type Recent,
  recentSlices,
  slicesOf,
} from "./circuit-report.ts";
import { card, row, type Shown } from "./circuit-parts.ts";
import type { History } from "./history.ts";
import type { Entry } from "./journal.ts";
import { RowCache } from "./row-cache.ts";
import { memory } from "./remember.ts";
import type { Load } from "./verdict.ts";
import type { Parts } from "./page-parts.ts";

/** One look at all circuits, for whoever looks in the same second. What it renders it renders once. */
export interface Look {
  readonly history: History;
  readonly epoch: number;
  /** The worst first, then by name. */
  readonly reports: readonly CircuitReport[];
  readonly load: Load;
  readonly loadBefore: Load;
  /** What has been made of it, by the view's address. */
  readonly views: Map<string, Parts>;
  cardOf(report: CircuitReport): string;
  rowOf(report: CircuitReport): string;
}

let shared: { readonly at: number; readonly look: Look } | undefined;

/** The look of this second. */
export function sharedLook(): Look {
  const now = monotonicClock.now();
  if (shared && now - shared.at < 900 && now >= shared.at) return shared.look;
  rows.sweep();
  const look = newLook(true);
  shared = { at: now, look };
  return look;
}

const rows = new RowCache();

/** A look at this very moment. Streams go on from it: none tells what is older than a page has shown. */
export function lookNow(): Look {
  const look = newLook(false);
  shared = { at: monotonicClock.now(), look };
  return look;
}

function newLook(mayReuse: boolean): Look {
  const history = memory().look();
  const at = { now: monotonicClock.now(), epoch: epochMs() };
  const reports = circuitReports(history, at).toSorted(worstFirst);
  const cards = new Map<string, string>();
  const lines = new Map<string, string>();
  const shown = (report: CircuitReport, isCard: boolean): Shown => ({
    report,
    epoch: at.epoch,
    slices: slicesOf(history, report.name, at.now),
    minutes: isCard ? minutesOf(history, report.name, at.now) : [],
    trials: report.state === "closed" ? undefined : lastTrials(history, report.name),
  });
  return {
    history,
    epoch: at.epoch,
    reports,
    load: loadOf(reports.map(({ recent }) => recent)),
    loadBefore: loadOf(sumsBefore(history, reports, at.now)),
    views: new Map(),
    cardOf: (report) => once(cards, report.name, () => card(shown(report, true)).text),
    rowOf(report) {
      const render = (): string => row(shown(report, false)).text;
      return once(lines, report.name, () => (mayReuse ? rows.rowOf(report, at.now, render) : render()));
    },
  };
}

function once(known: Map<string, string>, name: string, render: () => string): string {
  const text = known.get(name) ?? render();
  known.set(name, text);
  return text;
}

/** Whether somebody should see it without looking for it. */
export function needsAttention({ state, held, degraded, recent }: CircuitReport): boolean {
  const made = recent.succeeded + recent.failed;
  const fails = made >= 5 && recent.failed / made >= 0.2;
  return state !== "closed" || held || degraded || fails || recent.refused > 0;
}

function worstFirst(a: CircuitReport, b: CircuitReport): number {
  const refused = (report: CircuitReport): number => report.recent.refused + report.recent.observed;
  return (
    Number(needsAttention(b)) - Number(needsAttention(a)) ||
    refused(b) - refused(a) ||
    (needsAttention(a) ? (a.notClosedSince ?? Infinity) - (b.notClosedSince ?? Infinity) || 0 : 0) ||
    (a.name < b.name ? -1 : 1)
  );
}

function loadOf(sums: Iterable<Pick<Recent, "succeeded" | "failed" | "refused">>): Load {
  const load = { calls: 0, failed: 0, refused: 0 };
  for (const { succeeded, failed, refused } of sums) {
    load.calls += succeeded + failed;
    load.failed += failed;
    load.refused += refused;
  }
  return load;
}

/** Of the half minute before the last one. */
function* sumsBefore(
  history: History,
  reports: readonly CircuitReport[],
  now: number,
): Iterable<ReturnType<Buckets["sum"]>> {
  for (const { name } of reports) {
    const buckets = history.past(name)?.buckets;
    if (buckets) yield buckets.fine.sum(recentSlices, now, recentSlices);
  }
}

function lastTrials(history: History, name: string): Entry | undefined {
  const entries = history.journal.underWay(name)?.entries ?? [];
  return entries.findLast(({ kind }) => kind === "trial failed");
}
