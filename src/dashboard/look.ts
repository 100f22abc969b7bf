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
import { type Load, verdict } from "./verdict.ts";
import type { Item, Parts } from "./page-parts.ts";

/** One look at all circuits, for whoever looks in the same second. What it renders it renders once. */
export interface Look {
  readonly history: History;
  readonly epoch: number;
  /** The worst first, then by name. */
  readonly reports: readonly CircuitReport[];
  /** How many of them, from the front, need attention. */
  readonly needy: number;
  readonly verdict: string;
  /** What has been made of it, by the view's address. */
  readonly views: Map<string, Parts>;
  cardOf(report: CircuitReport): Item;
  rowOf(report: CircuitReport): Item;
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

const rows = new RowCache<Item>();

/** A look at this very moment. Streams go on from it: none tells what is older than a page has shown. */
export function lookNow(): Look {
  const look = newLook(false);
  shared = { at: monotonicClock.now(), look };
  return look;
}

function newLook(mayReuse: boolean): Look {
  const history = memory().look();
  const at = { now: monotonicClock.now(), epoch: epochMs() };
  const ranked = circuitReports(history, at).map(rankOf).toSorted(worstFirst);
  const reports = ranked.map(({ report }) => report);
  const load = loadOf(reports.map(({ recent }) => recent));
  const cards = new Map<string, Item>();
  const lines = new Map<string, Item>();
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
    needy: ranked.filter(({ isNeedy }) => isNeedy).length,
    verdict: verdict(reports, load, loadOf(sumsBefore(history, reports, at.now))).text,
    views: new Map(),
    cardOf: (report) => once(cards, report.name, () => card(shown(report, true))),
    rowOf(report) {
      const render = (): Item => row(shown(report, false));
      return once(lines, report.name, () => (mayReuse ? rows.rowOf(report, at.now, render) : render()));
    },
  };
}

function once(known: Map<string, Item>, name: string, render: () => Item): Item {
  const item = known.get(name) ?? render();
  known.set(name, item);
  return item;
}

/** Whether somebody should see it without looking for it. */
export function needsAttention({ state, held, degraded, recent }: CircuitReport): boolean {
  const made = recent.succeeded + recent.failed;
  const fails = made >= 5 && recent.failed / made >= 0.2;
  return state !== "closed" || held || degraded || fails || recent.refused > 0;
}

/** Found once for each report: a thousand are compared ten thousand times. */
interface Ranked {
  readonly report: CircuitReport;
  readonly isNeedy: boolean;
  readonly refused: number;
  readonly since: number;
}

function rankOf(report: CircuitReport): Ranked {
  const isNeedy = needsAttention(report);
  const { recent, notClosedSince } = report;
  const since = isNeedy ? (notClosedSince ?? Infinity) : Infinity;
  return { report, isNeedy, refused: recent.refused + recent.observed, since };
}

function worstFirst(a: Ranked, b: Ranked): number {
  return (
    Number(b.isNeedy) - Number(a.isNeedy) ||
    b.refused - a.refused ||
    a.since - b.since ||
    (a.report.name < b.report.name ? -1 : 1)
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
