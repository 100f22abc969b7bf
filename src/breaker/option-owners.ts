import type { PolicyOptions } from "../core/policy.ts";
import type { CallOptions, CircuitOptions } from "./circuit-options.ts";

/**
 * Whose option it is. What decides for the circuit is shared by all its wrappers, so one that does not mention an option
 * leaves it alone, and of several that do the one made last holds. What is about a caller is each wrapper's own.
 */
export const ownerOf = {
  // The circuit's. `configure` changes them while it lives, and no wrapper undoes that.
  failureThreshold: "policy",
  halfOpenRetries: "policy",
  maxConcurrent: "policy",
  maxRetryAfter: "policy",
  opensOn: "policy",
  probe: "policy",
  ramp: "policy",
  resetBackoff: "policy",
  resetTimeout: "policy",
  // The circuit's, from the wrapper or from `register`.
  clock: "circuit",
  initial: "circuit",
  on: "circuit",
  store: "circuit",
  // The wrapper's.
  enabled: "wrapper",
  fallback: "wrapper",
  fetch: "wrapper",
  ignoreErrors: "wrapper",
  isFailure: "wrapper",
  name: "wrapper",
  refused: "wrapper",
  stale: "wrapper",
  timeout: "wrapper",
  watchBody: "wrapper",
} satisfies Record<keyof PolicyOptions, "policy"> &
  Record<Exclude<keyof CircuitOptions, keyof PolicyOptions>, "circuit"> &
  Record<Exclude<keyof CallOptions<never, never>, keyof CircuitOptions> | OfSomeWrappers, "wrapper">;

type OfSomeWrappers = "fetch" | "name" | "refused" | "stale" | "watchBody";
