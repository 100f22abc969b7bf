import type { Circuit } from "../breaker/circuit.ts";

export const actions = ["open", "close", "half-open", "reset", "hold-open", "hold-closed"] as const;

/** What the page can do to a circuit. */
export type Action = (typeof actions)[number];

export function isAction(value: string | undefined): value is Action {
  return (actions as readonly unknown[]).includes(value);
}

export function carryOut(action: Action, circuit: Circuit, by: string): void {
  switch (action) {
    case "open":
      return circuit.open({ by });
    case "close":
      return circuit.close({ by });
    case "half-open":
      return circuit.halfOpen({ by });
    case "reset":
      return circuit.reset({ by });
    case "hold-open":
      return circuit.open({ forced: true, by });
    case "hold-closed":
      return circuit.close({ forced: true, by });
  }
}
