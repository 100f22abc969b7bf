import { circuits } from "../breaker/circuits.ts";
import type { CircuitSnapshot } from "../breaker/snapshot.ts";
import type { Recorder, Slice } from "./recorder.ts";

/** What the dashboard tells of one circuit. No message, URL, header or option of the app is in it. */
export interface CircuitReport extends Pick<
  CircuitSnapshot,
  "name" | "state" | "forced" | "shared" | "degraded" | "failures" | "inFlight" | "totals"
> {
  /** Milliseconds until the next trial; 0 when calls are admitted. */
  readonly retryAfter: number;
  /** Class of the last failure, or its status. */
  readonly lastFailure: string | undefined;
  /** Of the last five minutes, oldest first. */
  readonly slices: readonly Slice[];
}

export function circuitReports(recorder: Recorder): CircuitReport[] {
  return circuits.snapshot().map((snapshot) => {
    const { name, state, forced, shared, degraded, failures, inFlight, totals } = snapshot;
    return {
      name,
      state,
      forced,
      shared,
      degraded,
      failures,
      inFlight,
      totals,
      retryAfter: Math.round(snapshot.retryAfter),
      lastFailure: kindOf(snapshot.lastFailure),
      slices: recorder.slicesOf(name),
    };
  });
}

/** Messages of errors quote URLs, tokens and people's data: the class is enough here. */
function kindOf(failure: string | undefined): string | undefined {
  return failure && (/^HTTP \d{3}/.exec(failure)?.[0] ?? /^[\w$]{1,60}/.exec(failure)?.[0] ?? "Error");
}
