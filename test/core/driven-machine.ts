import { adopt } from "../../src/core/adopt.ts";
import { admit, closed, halfOpened, opened, settle } from "../../src/core/machine.ts";
import { isRefusal } from "../../src/core/refusal.ts";
import type { Permit, Phase } from "../../src/core/phase.ts";
import { type Policy, resolvePolicy } from "../../src/core/policy.ts";
import type { Verdict } from "../../src/core/verdict.ts";
import type { Step } from "./histories.ts";
import type { Settings } from "./naive-circuit.ts";

/** The policy of these settings: a trial's lease is a second longer than the timeout, so the second is taken off. */
export function policyOf({ lease, halfOpenRetries, ...settings }: Settings): Policy {
  const { failureThreshold, resetTimeout, concurrent, tolerated, slow, every, longest } = settings;
  const trials = { concurrent, tolerated, slowMs: slow, everyMs: every, longestStayMs: longest };
  const inFull = { kind: "trials", settings: { successes: halfOpenRetries, ...trials } } as const;
  const isPlain =
    concurrent >= halfOpenRetries && !tolerated && !every && Math.min(slow, longest) === Infinity;
  // What a number says is what the same in full says.
  const retries = isPlain ? halfOpenRetries : inFull;
  return resolvePolicy({ failureThreshold, resetTimeout, halfOpenRetries: retries }, lease - 1000);
}

/** What a caller who drives the machine by hand keeps: the phase, the clock, and the permits it was given. */
export class DrivenMachine {
  phase: Phase;
  policy: Policy;
  now = 0;
  /** Of every call that asked; `undefined` when it was refused. */
  readonly permits: Array<Permit | undefined> = [];
  readonly settled = new Set<Permit>();
  /** Of the last refusal. */
  retryAfter = 0;

  constructor(settings: Settings) {
    this.policy = policyOf(settings);
    this.phase = frozen(closed(0, this.policy, 0));
  }

  take(step: Step): void {
    switch (step.do) {
      case "ask":
        this.ask();
        break;
      case "settle": {
        const permit = this.permits[this.callOf(step.pick)];
        if (permit) this.settle(permit, step.verdict);
        break;
      }
      case "pass":
        this.now += step.ms;
        break;
      case "command": {
        const generation = this.phase.generation + 1;
        if (step.state === "half-open") this.phase = frozen(halfOpened(generation, 1, this.now));
        else if (step.state === "open") {
          const after = opened(generation, this.policy, this.now);
          this.phase = frozen(step.forced ? { ...after, until: Infinity } : after);
        } else {
          const after = closed(generation, this.policy, this.now);
          this.phase = frozen(step.forced ? { ...after, heldUntil: Infinity } : after);
        }
        break;
      }
      case "configure": {
        const policy = policyOf(step.settings);
        this.phase = frozen(adopt(this.phase, this.policy, policy, this.now));
        this.policy = policy;
      }
    }
  }

  /** The number of the call that a step picks, counted from the latest. */
  callOf(pick: number): number {
    return this.permits.length - 1 - (pick % Math.max(1, this.permits.length));
  }

  ask(): Permit | undefined {
    const { phase, decision } = admit(this.phase, this.policy, this.now);
    this.phase = frozen(phase);
    const permit = isRefusal(decision) ? undefined : decision;
    this.retryAfter = isRefusal(decision) ? decision.retryAfterMs : 0;
    this.permits.push(permit);
    return permit;
  }

  settle(permit: Permit, verdict: Verdict): void {
    this.phase = frozen(settle(this.phase, permit, verdict, this.policy, this.now));
    this.settled.add(permit);
  }
}

/** Any write to it, however deep, throws from now on. */
export function frozen<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}
