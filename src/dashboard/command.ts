import { durationMs } from "../core/duration.ts";
import type { Circuit } from "../breaker/circuit.ts";

export const actions = ["open", "close", "half-open", "reset", "hold-open", "hold-closed"] as const;

/** What the page can do to a circuit. */
export type Action = (typeof actions)[number];

export function isAction(value: string | undefined): value is Action {
  return (actions as readonly unknown[]).includes(value);
}

/**
 * How long an opening or a hold is to last, of an address: `?for=5m`.
 *
 * @returns a word about what is wrong with it
 */
export function lengthIn(
  action: Action,
  { searchParams }: URL,
): { readonly ms: number | undefined } | { readonly wrong: string } {
  const text = searchParams.get("for");
  if (text === null || text === "") return { ms: undefined };
  if (action !== "open" && action !== "hold-closed") {
    return { wrong: "Only open and hold-closed can be given a length." };
  }
  const ms = durationMs(/^\d+$/.test(text) ? Number(text) : text);
  const isLength = ms !== undefined && ms > 0 && ms < Infinity;
  return isLength ? { ms } : { wrong: 'The length must be a duration such as "5m".' };
}

/** @throws {RangeError} for an opening or a hold that is longer than the fleet allows */
export function carryOut(action: Action, circuit: Circuit, by: string, forMs?: number): void {
  switch (action) {
    case "open":
      return circuit.open({ by, for: forMs });
    case "close":
      return circuit.close({ by });
    case "half-open":
      return circuit.halfOpen({ by });
    case "reset":
      return circuit.reset({ by });
    case "hold-open":
      return circuit.open({ forced: true, by });
    case "hold-closed":
      return circuit.close({ forced: true, by, for: forMs });
  }
}
