import type { Duration } from "../core/duration.ts";
import { aFunction, anObject, aSpan } from "../core/option.ts";
import { figuresOf } from "../core/figures-of.ts";
import { inWords } from "../core/in-words.ts";
import { admit, closed, halfOpened, isHeldClosed, look, opened } from "../core/machine.ts";
import { isRefusal } from "../core/refusal.ts";
import type { CircuitState, HalfOpenPhase, Phase } from "../core/phase.ts";
import type { Policy, PolicyOptions } from "../core/policy.ts";
import { become } from "./phase-change.ts";
import { type Breaker, noTotals } from "./breaker.ts";
import type { ErrorMatcher } from "../core/error-matcher.ts";
import { enlist } from "./enlist.ts";
import { epochMs } from "../runtime/clock.ts";
import type { Listener } from "./events.ts";
import { ignoring } from "./ignoring.ts";
import { ofCircuit } from "./option-owners.ts";
import { applyOptions } from "./options-in-force.ts";
import { revived } from "./eviction.ts";
import { liveBreaker } from "./registry.ts";
import type { SharedCircuit } from "./shared-circuit.ts";
import type { CircuitSnapshot, TrialCounts } from "./snapshot.ts";

/** How a command is meant. */
export interface Command {
  /** Held like this until another command. */
  forced?: boolean | undefined;
  /** Who gives it, for `circuit.changed` and the console. */
  by?: string | undefined;
}

/** How an opening is meant. */
export interface OpenCommand extends Command {
  /**
   * How long calls are refused before trials decide. A shared circuit's is no longer than the longest opening that its
   * options know: what `resetTimeout` with its back-off can come to, or `maxRetryAfter`. With `forced` it is a hold
   * that ends.
   *
   * @default the reset timeout
   */
  for?: Duration | undefined;
}

/** How a closing is meant. */
export interface CloseCommand extends Command {
  /**
   * How long it is held closed, however many calls fail; then it is an ordinary closed circuit, which has counted all
   * along. Of a shared circuit 48 hours at most.
   *
   * @default it is not held; with `forced` until another command
   */
  for?: Duration | undefined;
}

/** The phase that follows a command. */
type Next = (generation: number, policy: Policy, now: number) => Phase;

/** One circuit, to look at and to steer. The calls themselves go past it, straight to its breaker. */
export class Circuit {
  #breaker: Breaker;

  /** @internal */
  constructor(breaker: Breaker) {
    this.#breaker = breaker;
  }

  /** The breaker that lives. One that was forgotten is looked at as it was. */
  get #seen(): Breaker {
    const breaker = this.#breaker;
    return (this.#breaker = (breaker.retired ? liveBreaker(breaker.name) : undefined) ?? breaker);
  }

  /** The breaker that lives. One that was forgotten comes back to be steered. */
  get #steered(): Breaker {
    return revived(this.#seen);
  }

  get name(): string {
    return this.#seen.name;
  }

  /** The state as the clock has it now. Reading it changes nothing: time's transition happens at the next call. */
  get state(): CircuitState {
    const { phase, policy, clock } = this.#seen;
    return look(phase, policy, clock.now()).state;
  }

  snapshot(): CircuitSnapshot {
    const { name, phase, policy, clock, totals, lastFailure, inFlight, fleet, leftClosedAt } = this.#seen;
    const now = clock.now();
    const seen = look(phase, policy, now);
    const heldMs = phase.state === "closed" ? phase.heldUntil! - now : 0;
    // A closed circuit is not asked: asking may take part in its rule's counting.
    const { decision } = seen.state === "closed" ? { decision: phase } : admit(phase, policy, now);
    const figures = seen.state === "closed" ? figuresOf(policy.opensOn, seen.tally, now) : seen.figures;
    return {
      name,
      state: seen.state,
      forced: isHeld(phase, now, fleet),
      heldMs: heldMs > 0 && heldMs < Infinity ? heldMs : undefined,
      at: epochMs(),
      shared: fleet !== undefined,
      degraded: fleet?.isDegraded() ?? false,
      failures: figures?.failures ?? 0,
      figures,
      openings: seen.trips,
      notClosedMs: leftClosedAt === undefined || seen.state === "closed" ? undefined : now - leftClosedAt,
      trials: seen.state === "half-open" ? trialCounts(seen, policy) : undefined,
      retryAfter: isRefusal(decision) ? decision.retryAfterMs : 0,
      inFlight,
      totals: { ...totals },
      lastFailure: lastFailure === undefined ? undefined : inWords(lastFailure),
      options: { ...policy.options },
    };
  }

  /**
   * Refuses calls from now on, for one reset timeout, or for as long as is said; then trials decide.
   *
   * @param forced stays open until another command
   * @throws {TypeError | RangeError} for a duration that is none, or too long to share
   * @example circuits.get("payments")?.open({ for: "5m", by: "deploy" });
   */
  open(options: OpenCommand = {}): void {
    const { forced, by, for: length } = anObject("options", options, ["by", "for", "forced"]);
    const openMs = length === undefined ? (forced ? Infinity : undefined) : aSpan("for", length);
    this.#steered.fleet?.checkLength?.(openMs);
    const next: Next = (generation, policy, now) => {
      const after = opened(generation, policy, now);
      return openMs ? { ...after, until: now + openMs } : after;
    };
    this.#command("open", next, openMs === Infinity, by, openMs);
  }

  /**
   * Admits calls from now on and forgets the failures so far.
   *
   * @param forced counts, but does not open until another command
   * @throws {TypeError | RangeError} for a duration that is none, or too long to share
   * @example circuits.get("payments")?.close({ for: "10m", by: "ada" });
   */
  close(options: CloseCommand = {}): void {
    const { forced, by, for: length } = anObject("options", options, ["by", "for", "forced"]);
    const heldMs = length === undefined ? (forced ? Infinity : undefined) : aSpan("for", length);
    this.#steered.fleet?.checkLength?.(heldMs, true);
    const next: Next = (generation, policy, now) => {
      const after = closed(generation, policy, now);
      return heldMs ? { ...after, heldUntil: now + heldMs } : after;
    };
    this.#command("close", next, heldMs !== undefined, by, heldMs);
  }

  /** Lets trials through now instead of waiting for the reset timeout. */
  halfOpen(options: Pick<Command, "by"> = {}): void {
    const { by } = anObject("options", options, ["by"]);
    this.#command("half-open", (generation, _, now) => halfOpened(generation, 1, now), false, by);
  }

  #command(
    command: "open" | "close" | "half-open",
    next: Next,
    isForced: boolean,
    by: string | undefined,
    openMs?: number,
  ): void {
    const { phase, policy, clock } = this.#steered;
    become(this.#steered, next(phase.generation + 1, policy, clock.now()), "command", by);
    this.#steered.fleet?.command(command, isForced, by, openMs);
  }

  /** Closes the circuit and forgets everything it has counted, and what `configure` set. */
  reset(options: Pick<Command, "by"> = {}): void {
    const { by } = anObject("options", options, ["by"]);
    applyOptions(this.#steered, {});
    this.#steered.totals = noTotals();
    this.#steered.lastFailure = undefined;
    this.close({ by });
  }

  /**
   * Changes options of the live circuit, until they are configured again or the circuit is reset: no wrapper undoes
   * it. State and counts stay, except those of another rule or window; what remains of an opening follows the new
   * `resetTimeout`, unless a command, the fleet or the upstream's `Retry-After` has said how long it lasts.
   *
   * @throws {TypeError | RangeError} for a bad option; the circuit then keeps its old ones
   */
  configure(options: PolicyOptions): void {
    ofCircuit(options, "configure");
    const added = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    applyOptions(this.#steered, { ...this.#steered.configured, ...added });
    this.keep();
  }

  /**
   * Errors that do not count from now on, whichever wrapper's call throws them: classes, or predicates.
   *
   * @returns a function that takes them away again
   * @throws {TypeError} for what is no function
   * @example
   * const end = circuits.get("billing")?.ignoreErrors(CardDeclined);
   */
  ignoreErrors(...matchers: ErrorMatcher[]): () => void {
    for (const matcher of matchers) aFunction("ignoreErrors[]", matcher);
    return ignoring(this.#steered.ignored, matchers);
  }

  /** @internal Registered or configured: not to be forgotten. */
  keep(): void {
    this.#steered.kept = true;
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: Listener): () => void {
    aFunction("listener", listener);
    return enlist(this.#steered.listeners, (event) => listener(event));
  }
}

/** What a fleet has held closed is closed here, too, and held for as long. */
export function isHeld(phase: Phase, now: number, fleet: SharedCircuit | undefined): boolean {
  if (phase.state === "closed") return isHeldClosed(phase, now);
  return (phase.state === "open" && phase.until === Infinity) || (fleet?.isForced() ?? false);
}

function trialCounts({ trials, successes, failures }: HalfOpenPhase, policy: Policy): TrialCounts {
  return {
    running: trials.length,
    succeeded: successes,
    failed: failures,
    needed: policy.halfOpenRetries,
  };
}
