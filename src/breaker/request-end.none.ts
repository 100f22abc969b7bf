import type { AdmittedCall } from "./admitted-call.ts";
import type { Breaker } from "./breaker.ts";

/** In browsers, which know no requests that end before their work: every call is heard to its end, and nothing need be done. */
export function callBegan(_call: AdmittedCall): void {}

export function callEnded(_call: AdmittedCall): void {}

export function callIsAlive(_call: AdmittedCall): void {}

export function expireCalls(_breaker: Breaker, _release: (call: AdmittedCall) => void): void {}

/** What becomes of it is nobody's concern: the caller has its answer. */
export function keepVerdict(verdict: Promise<unknown>): void {
  verdict.catch(() => {});
}
