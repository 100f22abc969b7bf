/** Why a call is refused: the circuit is open; its trials are taken; it sheds a share; too many calls at once. */
export type RefusalReason = "open" | "half-open" | "shed" | "full";

/** In place of a permit. */
export interface Refusal {
  readonly reason: RefusalReason;
  /** Milliseconds until a call may be admitted. */
  readonly retryAfterMs: number;
}

/** Whether a decision is no permit. */
export function isRefusal(decision: object): decision is Refusal {
  return "reason" in decision;
}
