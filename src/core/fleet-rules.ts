/** How the isolates of a fleet agree. */
export interface FleetRules {
  /** Distinct isolates with bad samples that it takes to open the fleet. */
  readonly quorum: number;
  /** Share of bad samples that it takes, in percent. */
  readonly sharePercent: number;
  /** How long a report counts. */
  readonly windowMs: number;
  /** The longest that a call waits for the store. */
  readonly boundMs: number;
  /** The longest that an answer can be on its way. */
  readonly storeTimeoutMs: number;
  /** How often an isolate that has nothing to tell asks all the same, while it has calls. */
  readonly heartbeatMs: number;
  /** What an isolate does that has lost the store: decides alone, unless it is to refuse. */
  readonly whenLost?: "alone" | "refuse";
}
