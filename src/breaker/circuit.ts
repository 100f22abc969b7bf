import { CircuitOpenError } from "../core/circuit-open-error.ts";
import { admit, adopt, closed, halfOpened, look, opened, settle } from "../core/machine.ts";
import type { CircuitState, Permit, Phase } from "../core/phase.ts";
import { type Policy, type PolicyOptions, resolvePolicy } from "../core/policy.ts";
import type { Verdict } from "../core/verdict.ts";
import type { Clock } from "../runtime/clock.ts";
import type { ChangeReason, Listener, ProtegoEvent } from "./events.ts";
import { tell } from "./listeners.ts";

/** Calls since the circuit was made or reset. */
export interface Totals {
  allowed: number;
  succeeded: number;
  failed: number;
  ignored: number;
  refused: number;
}

/** What a circuit looks like at one moment. Plain data; reading it changes nothing. */
export interface CircuitSnapshot {
  readonly name: string;
  readonly state: CircuitState;
  /** Failures that count towards opening. */
  readonly failures: number;
  /** Milliseconds until the next call may be admitted; 0 when one may be now. */
  readonly retryAfter: number;
  readonly totals: Readonly<Totals>;
  /** Message of the last failure, for operators. Not for the public. */
  readonly lastFailure: string | undefined;
  readonly options: Readonly<PolicyOptions>;
}

/** The shell around one circuit: owns its phase, clock, counters and listeners; decides nothing by itself. */
export class Circuit {
  readonly name: string;
  /** @internal Forgotten by the registry: whoever holds it looks it up again. */
  retired = false;
  /** @internal Used since the registry last looked for idle circuits. */
  touched = true;

  #phase: Phase;
  #policy: Policy;
  #timeoutMs: number;
  #clock: Clock;
  #optionListener: Listener | undefined;
  #totals = noTotals();
  #lastFailure: unknown;
  readonly #listeners = new Set<Listener>();
  readonly #everyone: ReadonlySet<Listener>;

  /** @internal */
  constructor(
    name: string,
    policy: Policy,
    timeoutMs: number,
    clock: Clock,
    everyone: ReadonlySet<Listener>,
  ) {
    this.name = name;
    this.#policy = policy;
    this.#timeoutMs = timeoutMs;
    this.#clock = clock;
    this.#everyone = everyone;
    this.#phase = closed(0, policy, clock.now());
  }

  /** The state as the clock has it now. Reading it changes nothing: time's transition happens at the next call. */
  get state(): CircuitState {
    return look(this.#phase, this.#policy, this.#clock.now()).state;
  }

  snapshot(): CircuitSnapshot {
    const now = this.#clock.now();
    const seen = admit(this.#phase, this.#policy, now);
    return {
      name: this.name,
      state: look(this.#phase, this.#policy, now).state,
      failures: seen.phase.state === "closed" ? this.#policy.opensOn.failures(seen.phase.tally, now) : 0,
      retryAfter: seen.permit === undefined ? seen.retryAfterMs : 0,
      totals: { ...this.#totals },
      lastFailure: this.#lastFailure === undefined ? undefined : String(this.#lastFailure),
      options: { ...this.#policy.options },
    };
  }

  /** Refuses calls from now on, for one reset timeout; then trials decide. */
  open(): void {
    const now = this.#clock.now();
    this.#become(opened(this.#phase.generation + 1, this.#policy, now), "command");
  }

  /** Admits calls from now on and forgets the failures so far. */
  close(): void {
    const now = this.#clock.now();
    this.#become(closed(this.#phase.generation + 1, this.#policy, now), "command");
  }

  /** Lets trials through now instead of waiting for the reset timeout. */
  halfOpen(): void {
    this.#become(halfOpened(this.#phase.generation + 1), "command");
  }

  /** Closes the circuit and forgets everything it has counted. */
  reset(): void {
    this.#totals = noTotals();
    this.#lastFailure = undefined;
    this.close();
  }

  /**
   * Changes options of the live circuit. State and counters survive; an open circuit's remaining time follows
   * the new `resetTimeout`.
   *
   * @throws {TypeError | RangeError} for a bad option; the circuit then keeps its old ones
   */
  configure(options: PolicyOptions): void {
    this.#adopt(resolvePolicy({ ...this.#policy.options, ...options }, this.#timeoutMs));
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** @internal The options of a wrapper made for this circuit; those of the latest one hold. */
  apply(policy: Policy, timeoutMs: number, clock: Clock, listener: Listener | undefined): void {
    if (this.#optionListener) this.#listeners.delete(this.#optionListener);
    if (listener) this.#listeners.add(listener);
    this.#optionListener = listener;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#adopt(policy);
  }

  /** @internal Whether these options are the ones in force. */
  follows(policy: Policy): boolean {
    const mine = this.#policy;
    return (
      mine.resetTimeoutMs === policy.resetTimeoutMs &&
      mine.halfOpenRetries === policy.halfOpenRetries &&
      mine.opensOn.kind === policy.opensOn.kind &&
      (mine.options.failureThreshold ?? 3) === (policy.options.failureThreshold ?? 3)
    );
  }

  /** @internal Whether the registry may forget it without anybody losing something. */
  get isIdle(): boolean {
    return this.#phase.state === "closed" && this.#listeners.size === 0;
  }

  /** @internal The moment a call started, where anybody wants to know how long it took. */
  startedAt(): number {
    return this.#hasAudience() ? this.#clock.now() : 0;
  }

  /** @internal A permit, or `undefined` when the call is refused. */
  admit(observing: boolean): Permit | undefined {
    this.touched = true;
    let permit: Permit | undefined;
    if (this.#phase.state === "closed") permit = this.#phase;
    else {
      const admission = admit(this.#phase, this.#policy, this.#clock.now());
      this.#become(admission.phase, "time");
      if (admission.permit === undefined) {
        this.#totals.refused++;
        if (this.#hasAudience()) {
          this.#tell({
            type: "call.refused",
            circuit: this.name,
            retryAfter: admission.retryAfterMs,
            observed: observing,
          });
        }
        return undefined;
      }
      permit = admission.permit;
    }
    this.#totals.allowed++;
    if (this.#hasAudience()) this.#tell({ type: "call.allowed", circuit: this.name });
    return permit;
  }

  /** @internal Hands a permit back with what came of the call. */
  settle(permit: Permit, verdict: Verdict, failure: unknown, startedAt: number): void {
    const now = this.#clock.now();
    if (verdict === "success") this.#totals.succeeded++;
    else if (verdict === "ignored") this.#totals.ignored++;
    else {
      this.#totals.failed++;
      this.#lastFailure = failure;
    }
    const after = settle(this.#phase, permit, verdict, this.#policy, now);
    if (this.#hasAudience()) {
      const call = { circuit: this.name, durationMs: now - startedAt };
      this.#tell(
        verdict === "failure"
          ? { type: "call.failed", ...call, failure }
          : { type: verdict === "success" ? "call.succeeded" : "call.ignored", ...call },
      );
    }
    if (after !== this.#phase) this.#become(after, "calls");
  }

  /** @internal The error of a call that was just refused. */
  refusal(): CircuitOpenError {
    const seen = admit(this.#phase, this.#policy, this.#clock.now());
    const failure = this.#lastFailure;
    return new CircuitOpenError(
      this.name,
      seen.permit === undefined ? seen.retryAfterMs : 0,
      typeof failure === "string" ? new Error(failure) : failure,
    );
  }

  #adopt(policy: Policy): void {
    const before = this.#policy;
    this.#policy = policy;
    this.#phase = adopt(this.#phase, before, policy, this.#clock.now());
  }

  #become(phase: Phase, reason: ChangeReason): void {
    const from = this.#phase.state;
    this.#phase = phase;
    if (phase.state !== from && this.#hasAudience()) {
      this.#tell({ type: "circuit.changed", circuit: this.name, from, to: phase.state, reason });
    }
  }

  #hasAudience(): boolean {
    return this.#listeners.size > 0 || this.#everyone.size > 0;
  }

  #tell(event: ProtegoEvent): void {
    tell(event, this.#listeners, this.#everyone);
  }
}

function noTotals(): Totals {
  return { allowed: 0, succeeded: 0, failed: 0, ignored: 0, refused: 0 };
}
