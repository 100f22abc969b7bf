import type { CircuitReport } from "./circuit-report.ts";

/** A line's figures are of half a minute: it need not be written anew each second. Its state is never old. */
const staleMs = 5000;

interface Kept<Line> {
  readonly line: Line;
  readonly state: string;
  readonly until: number;
}

/** Lines as they were last written, for as long as they tell the truth about the circuit's state. */
export class RowCache<Line> {
  #kept = new Map<string, Kept<Line>>();
  #used = new Map<string, Kept<Line>>();
  #turn = 0;

  /** @param render what a line says now */
  rowOf(report: CircuitReport, now: number, render: () => Line): Line {
    const state = signature(report);
    const kept = this.#used.get(report.name) ?? this.#kept.get(report.name);
    const isFresh = kept !== undefined && kept.state === state && now < kept.until;
    // Not all in the same second.
    this.#turn = (this.#turn + 1) % 5;
    const next = isFresh ? kept : { line: render(), state, until: now + staleMs + this.#turn * 200 };
    this.#used.set(report.name, next);
    return next.line;
  }

  /** Forgets lines that nobody has asked for since it was last called. */
  sweep(): void {
    this.#kept = this.#used;
    this.#used = new Map();
  }
}

function signature({ state, held, generation, mode, degraded, shared, openedBy }: CircuitReport): string {
  return `${state} ${held} ${generation} ${mode} ${degraded} ${shared} ${openedBy}`;
}
