import { inWords } from "../core/in-words.ts";
import type { Phase } from "../core/phase.ts";
import { tellOperator } from "../runtime/environment.ts";
import { type Breaker, emit, isHeard } from "./breaker.ts";
import type { ChangeReason } from "./events.ts";
import { type CircuitChanged, tellWatchers } from "./watchers.ts";

/** Puts a circuit into a phase, and tells. */
export function become(breaker: Breaker, phase: Phase, reason: ChangeReason, by?: string): void {
  const before = breaker.phase;
  breaker.phase = phase;
  changed(breaker, before, phase, reason, by);
}

/** Tells that a circuit has come into another state: operators, listeners, watchers; these also of a command without one. */
export function changed(
  breaker: Breaker,
  before: Phase,
  after: Phase,
  reason: ChangeReason,
  by?: string,
): void {
  if (before.state === after.state) {
    if (reason === "command") tellWatchers(breaker, { by });
    return;
  }
  const { name: circuit, lastFailure, leftClosedAt } = breaker;
  const now = breaker.clock.now();
  const notClosedMs = leftClosedAt === undefined ? undefined : now - leftClosedAt;
  breaker.leftClosedAt = after.state === "closed" ? undefined : (leftClosedAt ?? now);
  const figures = after.state === "closed" ? undefined : after.figures;
  const failure = lastFailure === undefined ? undefined : inWords(lastFailure);
  if (!breaker.quiet) {
    const why = [by ?? reason, figures && `failures: ${figures.failures}`, failure?.slice(0, 200)];
    const text = why.filter(Boolean).join("; ");
    tellOperator(
      `[circuit-changed] ${JSON.stringify(circuit)} ${before.state} -> ${after.state} (${text})`,
      after.state === "open",
    );
  }
  const [from, to] = [before.state, after.state];
  const event: CircuitChanged = {
    type: "circuit.changed",
    circuit,
    from,
    to,
    reason,
    figures,
    failure,
    notClosedMs,
    by,
  };
  if (isHeard(breaker)) emit(breaker, event);
  tellWatchers(breaker, event);
}
