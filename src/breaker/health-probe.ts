import { invalid } from "../core/option.ts";
import type { Permit } from "../core/phase.ts";
import type { Probe } from "../core/policy-options.ts";
import { isRefusal, type Refusal } from "../core/refusal.ts";
import type { Verdict } from "../core/verdict.ts";
import { keepAlive, outsideRender } from "../runtime/background.ts";
import { type AdmittedCall } from "./admitted-call.ts";
import { settleCall } from "./settle-call.ts";
import type { Breaker } from "./breaker.ts";

/**
 * Lets a cheap request of your choosing decide about recovery, instead of visitors' calls: when a half-open circuit is
 * asked for a call, the check runs in the background and the call is refused as if the circuit were open. It passes when
 * it answers, with a Response that is `ok` or with anything else; it fails when it throws. `halfOpenRetries` checks in a
 * row must pass.
 *
 * No timer runs: the first call after `resetTimeout` starts the check. One that hangs is given up after the lease of a
 * trial, so bound it: `AbortSignal.timeout(2000)`.
 *
 * @throws {TypeError} when it is no function
 * @example
 * healthProbe(() => fetch("https://api.example.com/health", { signal: AbortSignal.timeout(2000) }));
 */
export function healthProbe(check: () => unknown): Probe {
  if (typeof check !== "function") throw invalid("probe", check, "a function that makes a cheap request");

  /** A trial's place goes to the check, and the call is refused; the next place as well, as long as checks pass. */
  function decide(
    circuit: object,
    decision: Permit | Refusal,
    leaseMs: number,
    again: () => Permit | Refusal,
  ): Permit | Refusal {
    const breaker = circuit as Breaker;
    if (breaker.phase.state !== "half-open" || isRefusal(decision)) return decision;
    const call = trialOf(breaker, decision, leaseMs);
    const settle = (verdict: Verdict, failure: unknown): void => {
      settleCall(call, verdict, failure);
      if (verdict === "success" && breaker.phase.state === "half-open") {
        decide(breaker, again(), leaseMs, again);
      }
    };
    keepAlive(
      answered(check).then(
        ({ ok, status }) => settle(ok === false ? "failure" : "success", `HTTP ${String(status)}`),
        (failure: unknown) => settle("failure", failure),
      ),
    );
    return { reason: "half-open", retryAfterMs: 1000 };
  }
  return { decide };
}

/** No call of a visitor: it holds no place. */
function trialOf(breaker: Breaker, permit: Permit, leaseMs: number): AdmittedCall {
  const startedMs = breaker.clock.now();
  return { breaker, permit, startedMs, leaseMs, holdsPlace: false, isSettled: false, args: undefined };
}

/** Inside a render Next would keep its answer, or make the page dynamic for it. */
async function answered(check: () => unknown): Promise<Partial<Response>> {
  const returned = (await outsideRender(() => Promise.resolve().then(check))) ?? {};
  // Nobody reads it: its connection is free again.
  (returned as Partial<Response>).body?.cancel?.().catch(() => {});
  return returned;
}
