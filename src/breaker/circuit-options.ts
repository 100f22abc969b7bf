import type { Duration } from "../core/duration.ts";
import type { ErrorMatcher } from "../core/error-matcher.ts";
import type { Phase } from "../core/phase.ts";
import type { Policy } from "../core/policy.ts";
import type { PolicyOptions } from "../core/policy-options.ts";
import type { Outcome } from "../core/verdict.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Listener } from "./events.ts";
import type { FailureContext, Fallback } from "./fallback.ts";
import type { SharedStore } from "./shared-store.ts";

/** Options of a circuit, whoever uses it. */
export interface CircuitOptions extends PolicyOptions {
  /** Hears everything that happens in the circuit. It cannot break a call. */
  on?: Listener | undefined;
  /**
   * Whether a change of state is not worth a line of the console, in development and production.
   *
   * @default false
   */
  quiet?: boolean | undefined;
  /**
   * How a circuit starts that does not exist yet: `restoreFrom(snapshots)` of `next-protego/options`.
   *
   * @default closed
   */
  initial?: InitialPhase | undefined;
  /**
   * Shares the circuit with other isolates: `upstashStore()` of `next-protego/upstash`.
   *
   * @default none: each isolate decides alone
   */
  store?: SharedStore | undefined;
  /**
   * Source of time, for tests.
   *
   * @default performance.now
   */
  clock?: Clock | undefined;
}

/** What a new circuit begins with. */
export interface InitialPhase {
  /** The phase of a new circuit, or `undefined` for closed. */
  readonly begin: (name: string, policy: Policy, now: number) => Phase | undefined;
}

/** Options that the three wrappers share. */
export interface CallOptions<Value, Instead> extends CircuitOptions {
  /**
   * The call fails after it, and that counts. `Infinity` or `false`: never. Of a fetch: until the headers.
   *
   * @default "10s" for fetch, none elsewhere
   */
  timeout?: Duration | false | undefined;
  /**
   * A caller that aborts by itself says nothing about the upstream, unless it has waited for longer than this: most
   * libraries make their timeouts of an AbortController. `false`: an abort never counts.
   *
   * @default half the `timeout`
   */
  slowAbort?: Duration | false | undefined;
  /**
   * Whether an outcome counts as a failure. Asked only about what says something about the upstream: never
   * about a caller's own abort or mistake, nor about Next's control flow. It may answer later, with a promise, to
   * look into a `clone()` of the Response; the caller waits for it only with `stale` or `watchBody`.
   *
   * @default network errors, timeouts, 408, 429 and 5xx of a fetch; 5xx of a route; what is thrown
   * @param byDefault what it would be without this option
   * @param args what the call was called with
   */
  isFailure?: IsFailure<Value> | undefined;
  /**
   * Errors that never count: classes, or predicates.
   *
   * @default none
   */
  ignoreErrors?: ReadonlyArray<ErrorMatcher> | undefined;
  /**
   * Answers in place of a refused call, instead of throwing. Not in a prerender: its answer would be cached.
   *
   * @default none: it throws
   */
  fallback?: Fallback<Instead> | undefined;
  /**
   * Answers in place of a call that was made and failed. The failure counts all the same. Not in a prerender.
   *
   * @default none: the caller gets the error, or the failing answer
   */
  fallbackOnFailure?: Fallback<Instead, FailureContext> | undefined;
  /**
   * Events of calls carry the call's arguments, as `args`. They can be personal: a URL, a user's id, a header.
   *
   * @default false
   */
  argumentsInEvents?: boolean | undefined;
  /**
   * `false`, or a function of the call's arguments that says so: as if not installed. `"observe"`: counts, times and
   * reports, never refuses.
   *
   * @default true
   */
  enabled?: Mode | ((...args: readonly never[]) => Mode) | undefined;
}

/** Whether a wrapper does its work. */
export type Mode = boolean | "observe";

export type IsFailure<Value> = (
  outcome: Outcome<Value>,
  byDefault: boolean,
  args: readonly unknown[],
) => boolean | PromiseLike<boolean>;
