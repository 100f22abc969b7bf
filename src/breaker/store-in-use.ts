import type { Store } from "../core/store.ts";

/** A store as this process uses it. */
export interface StoreInUse {
  readonly store: Store;
  use(): StoreUse;
}

export interface StoreUse {
  readonly requests: {
    readonly answered: number;
    readonly failed: number;
    /** No answer came in time. */
    readonly timedOut: number;
    /** Over the budget, or while the store was left alone. */
    readonly notSent: number;
  };
  /** Requests a minute, and how many of them may be sent now. */
  readonly budget: number;
  readonly left: number;
  /** After errors in a row it is left alone for a while. */
  readonly health: "answers" | "fails" | "left alone";
}
