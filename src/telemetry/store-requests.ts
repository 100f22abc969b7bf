import { registry } from "../breaker/registry.ts";
import type { StoreInUse, StoreUse } from "../breaker/store-in-use.ts";

/** What became of requests to stores, as an attribute, and where it is counted. */
const results = {
  answered: "answered",
  failed: "failed",
  timed_out: "timedOut",
  not_sent: "notSent",
} as const satisfies Record<string, keyof StoreUse["requests"]>;

const mostStores = 64;

/** Adds up what this process has asked of its stores: of those, too, whose circuits are forgotten, so that nothing falls. */
export class StoreRequests {
  readonly #stores = new Set<StoreInUse>();

  /** Nothing where no circuit is shared. */
  counts(): ReadonlyArray<readonly [result: keyof typeof results, requests: number]> {
    for (const { fleet } of registry().breakers.values()) {
      if (fleet?.inUse && this.#stores.size < mostStores) this.#stores.add(fleet.inUse);
    }
    if (this.#stores.size === 0) return [];
    const uses = [...this.#stores].map((store) => store.use().requests);
    return (Object.keys(results) as Array<keyof typeof results>).map((result) => [
      result,
      uses.reduce((sum, requests) => sum + requests[results[result]], 0),
    ]);
  }
}
