import type { Breaker } from "./breaker.ts";
import type { SharedCircuit } from "./shared-circuit.ts";
import type { StoreInUse } from "./store-in-use.ts";

/** The option `store`: ties circuits to those of the same name in other isolates. `upstashStore()` makes one. */
export interface SharedStore {
  attach(breaker: Breaker): SharedCircuit;
  /** For people's looks: the fleet's page and metrics. */
  readonly inUse?: StoreInUse | undefined;
}
