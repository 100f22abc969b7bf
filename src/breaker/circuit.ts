import { inWords } from "../core/in-words.ts";
import { admit, closed, halfOpened, isRefusal, look, opened } from "../core/machine.ts";
import type { CircuitState, Phase } from "../core/phase.ts";
import { type PolicyOptions, resolvePolicy } from "../core/policy.ts";
import { adoptPolicy, become, type Breaker, noTotals } from "./breaker.ts";
import { epochMs } from "../runtime/clock.ts";
import type { Listener } from "./events.ts";
import type { CircuitSnapshot } from "./snapshot.ts";

/** One circuit, to look at and to steer. The calls themselves go past it, straight to its breaker. */
export class Circuit {
  readonly #breaker: Breaker;

  /** @internal */
  constructor(breaker: Breaker) {
    this.#breaker = breaker;
  }

  get name(): string {
    return this.#breaker.name;
  }

  /** The state as the clock has it now. Reading it changes nothing: time's transition happens at the next call. */
  get state(): CircuitState {
    const { phase, policy, clock } = this.#breaker;
    return look(phase, policy, clock.now()).state;
  }

  snapshot(): CircuitSnapshot {
    const { name, phase, policy, clock, totals, lastFailure, inFlight, fleet } = this.#breaker;
    const now = clock.now();
    const { state } = look(phase, policy, now);
    // A closed circuit is not asked: asking may take part in its rule's counting.
    const { answer } = state === "closed" ? { answer: phase } : admit(phase, policy, now);
    return {
      name,
      state,
      forced: isForced(phase) || (fleet?.isForced() ?? false),
      at: epochMs(),
      shared: fleet !== undefined,
      degraded: fleet?.isDegraded() ?? false,
      failures: phase.state === "closed" ? aNumber(policy.opensOn.failures(phase.tally, now)) : 0,
      retryAfter: isRefusal(answer) ? answer.retryAfterMs : 0,
      inFlight,
      totals: { ...totals },
      lastFailure: lastFailure === undefined ? undefined : inWords(lastFailure),
      options: { ...policy.options },
    };
  }

  /**
   * Refuses calls from now on, for one reset timeout; then trials decide.
   *
   * @param forced stays open until another command
   */
  open({ forced = false }: { forced?: boolean } = {}): void {
    const { phase, policy, clock } = this.#breaker;
    const after = opened(phase.generation + 1, policy, clock.now());
    become(this.#breaker, forced ? { ...after, until: Infinity } : after, "command");
    this.#breaker.fleet?.command("open", forced);
  }

  /**
   * Admits calls from now on and forgets the failures so far.
   *
   * @param forced counts, but does not open until another command
   */
  close({ forced = false }: { forced?: boolean } = {}): void {
    const { phase, policy, clock } = this.#breaker;
    const after = closed(phase.generation + 1, policy, clock.now());
    become(this.#breaker, forced ? { ...after, forced } : after, "command");
    this.#breaker.fleet?.command("close", forced);
  }

  /** Lets trials through now instead of waiting for the reset timeout. */
  halfOpen(): void {
    become(this.#breaker, halfOpened(this.#breaker.phase.generation + 1), "command");
    this.#breaker.fleet?.command("half-open");
  }

  /** Closes the circuit and forgets everything it has counted. */
  reset(): void {
    this.#breaker.totals = noTotals();
    this.#breaker.lastFailure = undefined;
    this.close();
  }

  /**
   * Changes options of the live circuit. State and counters survive; an open circuit's remaining time follows
   * the new `resetTimeout`.
   *
   * @throws {TypeError | RangeError} for a bad option; the circuit then keeps its old ones
   */
  configure(options: PolicyOptions): void {
    const { policy } = this.#breaker;
    adoptPolicy(this.#breaker, resolvePolicy({ ...policy.options, ...options }, policy.timeoutMs));
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: Listener): () => void {
    const { listeners } = this.#breaker;
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }
}

/** A rule of one's own may answer anything, and a snapshot is for everybody. */
function aNumber(failures: unknown): number {
  return typeof failures === "number" ? failures : 0;
}

function isForced(phase: Phase): boolean {
  return phase.state === "closed"
    ? phase.forced === true
    : phase.state === "open" && phase.until === Infinity;
}
