import type { Permit, Phase } from "./phase.ts";
import type { Refusal } from "./refusal.ts";

/** What is decided about a call: the phase that follows, and a permit or a refusal. */
export interface Admission {
  readonly phase: Phase;
  readonly decision: Permit | Refusal;
}
