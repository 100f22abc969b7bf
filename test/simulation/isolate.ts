import { settleCall } from "../../src/breaker/settle-call.ts";
import { askForCall } from "../../src/breaker/ask-for-call.ts";
import { type Breaker, createBreaker } from "../../src/breaker/breaker.ts";
import type { SharedCircuit } from "../../src/breaker/shared-circuit.ts";
import { isRefusal } from "../../src/core/refusal.ts";
import type { Permit } from "../../src/core/phase.ts";
import type { Policy } from "../../src/core/policy.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** How one call went. */
export interface CallReport {
  readonly startedAt: number;
  readonly waitedMs: number;
  readonly result: "refused" | "succeeded" | "failed";
  /** When it was sent to the upstream. */
  readonly sentAt: number;
}

/** One process of the fleet: the real breaker, tied to the others or on its own. */
export class Isolate {
  readonly breaker: Breaker;
  readonly #time: VirtualTime;

  constructor(time: VirtualTime, policy: Policy, tie: (breaker: Breaker) => SharedCircuit | undefined) {
    this.#time = time;
    // Every isolate's clock began at a time of its own.
    const skew = Math.floor(time.now) % 7919;
    const clock = { now: () => time.now + skew };
    this.breaker = createBreaker("upstream", policy, clock, new Set());
    this.breaker.fleet = tie(this.breaker);
  }

  async call(upstream: (permit: Permit | undefined) => Promise<void>): Promise<CallReport> {
    const { breaker } = this;
    const startedAt = this.#time.now;
    const asked = askForCall(breaker, { timeoutMs: 10_000 }, false, true);
    const answer = asked instanceof Promise ? await asked : asked;
    const sentAt = this.#time.now;
    const report = { startedAt, sentAt, waitedMs: sentAt - startedAt };
    if (isRefusal(answer)) return { ...report, result: "refused" };
    try {
      await upstream(answer.permit);
      settleCall(answer, "success");
      return { ...report, result: "succeeded" };
    } catch (error) {
      settleCall(answer, "failure", error);
      return { ...report, result: "failed" };
    }
  }
}
