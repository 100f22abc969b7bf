import { admit, closed, halfOpened, look, opened } from "../core/machine.ts";
import { aFunction, anObject } from "../core/option.ts";
import type { CircuitState, Phase } from "../core/phase.ts";
import type { PolicyOptions } from "../core/policy.ts";
import { become, type Breaker, noTotals } from "./breaker.ts";
import { epochMs } from "../runtime/clock.ts";
import type { Listener } from "./events.ts";
import { ofCircuit } from "./option-owners.ts";
import { applyOptions } from "./options-in-force.ts";
import type { CircuitSnapshot } from "./snapshot.ts";

/** How a command is meant. */
export interface Command {
  /** Held like this until another command. */
  forced?: boolean;
}

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
      failures: phase.state === "closed" ? policy.opensOn.failures(phase.tally, now) : 0,
      retryAfter: answer.generation === undefined ? answer.retryAfterMs : 0,
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
  open(options: Command = {}): void {
    const { forced = false } = anObject("options", options);
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
  close(options: Command = {}): void {
    const { forced = false } = anObject("options", options);
    const { phase, policy, clock } = this.#breaker;
    const after = closed(phase.generation + 1, policy, clock.now());
    become(this.#breaker, forced ? { ...after, forced } : after, "command");
    this.#breaker.fleet?.command("close", forced);
  }

  /** Lets trials through now instead of waiting for the reset timeout. */
  halfOpen(): void {
    const { phase, clock } = this.#breaker;
    become(this.#breaker, halfOpened(phase.generation + 1, 1, clock.now()), "command");
    this.#breaker.fleet?.command("half-open");
  }

  /** Closes the circuit and forgets everything it has counted, and what `configure` set. */
  reset(): void {
    applyOptions(this.#breaker, {});
    this.#breaker.totals = noTotals();
    this.#breaker.lastFailure = undefined;
    this.close();
  }

  /**
   * Changes options of the live circuit, until they are configured again or the circuit is reset: no wrapper undoes
   * it. State and counts stay, except those of another rule or window; what remains of an opening follows the new
   * `resetTimeout`.
   *
   * @throws {TypeError | RangeError} for a bad option; the circuit then keeps its old ones
   */
  configure(options: PolicyOptions): void {
    ofCircuit(options, "configure");
    const added = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    applyOptions(this.#breaker, { ...this.#breaker.configured, ...added });
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: Listener): () => void {
    const { listeners } = this.#breaker;
    listeners.add(aFunction("listener", listener));
    return () => void listeners.delete(listener);
  }
}

function isForced(phase: Phase): boolean {
  return phase.state === "closed"
    ? phase.forced === true
    : phase.state === "open" && phase.until === Infinity;
}

function inWords(failure: unknown): string {
  return failure instanceof Error ? `${failure.name}: ${failure.message}` : String(failure as string);
}
