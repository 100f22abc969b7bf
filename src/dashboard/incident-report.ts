import { entryInWords } from "./entry-in-words.ts";
import type { SubstituteKind } from "../breaker/events.ts";
import { type Counters, outcomeOf, substitutesOf } from "./counters.ts";
import { counted, durationInWords, percent } from "../operations/in-figures.ts";
import type { Entry, Incident } from "./journal.ts";

/** One outage, to be handed on. */
export interface IncidentReport {
  readonly id: number;
  readonly circuit: string;
  readonly process: string | undefined;
  /** ISO 8601, UTC. */
  readonly began: string;
  readonly ended: string | undefined;
  readonly lastedMs: number;
  /** What opened the circuit, and the half minute before. */
  readonly cause: string;
  readonly beforeOpening: Entry["figures"] | undefined;
  /** Calls that reached the upstream while this went on, and failed: trials among them. */
  readonly failed: number;
  /** Calls that never left. */
  readonly refused: number;
  /** Refused or failed calls that a fallback, the last good answer or Next's cache has answered: nobody missed them. */
  readonly substitutes: Readonly<Record<SubstituteKind, number>>;
  /** Calls that would not have left, had the circuit not only been observed. */
  readonly observed: number;
  /** Rounds of trials. */
  readonly trials: number;
  readonly steps: ReadonlyArray<{ readonly at: string; readonly until: string; readonly text: string }>;
  /** Steps that did not fit. */
  readonly stepsLeftOut: number;
}

export function summaryOf(
  incident: Incident,
  now?: Counters,
): Pick<IncidentReport, "refused" | "substitutes" | "observed" | "failed" | "trials"> {
  const after = incident.after ?? now ?? incident.before;
  const since = (of: (counters: Counters) => number): number => of(after) - of(incident.before);
  const trials = incident.entries
    .filter(({ kind }) => kind === "trial failed" || kind === "closed")
    .reduce(
      (total, { kind, reason, times }) => total + (kind === "closed" && reason !== "calls" ? 0 : times),
      0,
    );
  return {
    refused: since(({ refused }) => refused),
    substitutes: {
      fallback: since(({ substitutes }) => substitutes.fallback),
      stale: since(({ substitutes }) => substitutes.stale),
      cache: since(({ substitutes }) => substitutes.cache),
    },
    observed: since(({ observed }) => observed),
    failed: since((counters) => outcomeOf(counters, "failed")),
    trials,
  };
}

/** @param now the circuit's counters, for an incident that goes on */
export function incidentReport(
  incident: Incident,
  now: Counters | undefined,
  epoch: number,
  label: string | undefined,
): IncidentReport {
  const { id, circuit, beganAt, endedAt, entries, left } = incident;
  const opening = entries.find(({ kind }) => kind === "opened");
  const iso = (at: number): string => new Date(at).toISOString();
  return {
    id,
    circuit,
    process: label,
    began: iso(beganAt),
    ended: endedAt === undefined ? undefined : iso(endedAt),
    lastedMs: Math.round((endedAt ?? epoch) - beganAt),
    cause: opening?.failure ?? opening?.reason ?? "command",
    beforeOpening: opening?.figures,
    ...summaryOf(incident, now),
    steps: entries.map((entry) => ({
      at: iso(entry.at),
      until: iso(entry.until),
      text: entryInWords(entry),
    })),
    stepsLeftOut: left,
  };
}

/** The same as Markdown, for a ticket or a chat. */
export function asMarkdown(report: IncidentReport): string {
  const { began, ended, lastedMs, cause, beforeOpening, failed, refused, observed, trials } = report;
  const lines = [
    `# Outage behind ${quoted(report.circuit)}`,
    "",
    `- Began: ${began}`,
    `- Ended: ${ended ?? "not yet"}, after ${durationInWords(lastedMs)}`,
    `- Cause: ${quoted(cause)}`,
    ...(beforeOpening
      ? [
          `- Half a minute before it opened: ${counted(beforeOpening.calls, "call")}, ${percent(beforeOpening.failed, beforeOpening.calls)} failed`,
        ]
      : []),
    `- Refused: ${counted(refused, "call")} did not reach the upstream`,
    ...(substitutesOf(report.substitutes) > 0
      ? [`- Answered in their place: ${substitutesInWords(report.substitutes)}`]
      : []),
    ...(observed > 0 ? [`- Only observed: ${counted(observed, "call")} would have been refused`] : []),
    `- Failed while it lasted: ${counted(failed, "call")}, in ${counted(trials, "round of trials", "rounds of trials")}`,
    ...(report.process === undefined ? [] : [`- Seen by: ${quoted(report.process)}, one process of the app`]),
    "",
    "| UTC | |",
    "|---|---|",
    ...report.steps.map(({ at, until, text }) => {
      const span = until > at ? `${at.slice(11, 19)}–${until.slice(11, 19)}` : at.slice(11, 19);
      return `| ${span} | ${inCell(text)} |`;
    }),
    ...(report.stepsLeftOut > 0 ? ["", `${counted(report.stepsLeftOut, "step")} left out.`] : []),
    "",
  ];
  return lines.join("\n");
}

function substitutesInWords({ fallback, stale, cache }: IncidentReport["substitutes"]): string {
  const parts = [
    [fallback, "by a fallback"],
    [stale, "by the last good answer"],
    [cache, "by Next's cache"],
  ] as const;
  const told = parts.filter(([calls]) => calls > 0);
  return told.map(([calls, by]) => `${counted(calls, "call")} ${by}`).join(", ");
}

/** As code: nothing in it is read as Markdown. */
function quoted(text: string): string {
  return `\`${text.replaceAll(/[`\s]+/g, " ").trim()}\``;
}

function inCell(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll(/[\\|`*_[\]<>#]/g, String.raw`\$&`);
}
