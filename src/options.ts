export { consecutiveFailures } from "./core/opening-rule.ts";
export { failureRate } from "./core/failure-rate.ts";
export { slowCalls } from "./core/slow-calls.ts";
export { hungCalls } from "./core/hung-calls.ts";
export { shedExcess } from "./core/shed-excess.ts";
export { opensWhen } from "./core/opens-when.ts";
export { anyOf } from "./core/any-of.ts";
export { exponentialBackoff } from "./core/exponential-backoff.ts";
export { ramp } from "./core/ramp.ts";

export type { OpeningRule } from "./core/opening-rule.ts";
export type { FailureRateOptions } from "./core/failure-rate.ts";
export type { SlowCallsOptions } from "./core/slow-calls.ts";
export type { HungCallsOptions } from "./core/hung-calls.ts";
export type { ShedExcessOptions } from "./core/shed-excess.ts";
export type { RuleCounts } from "./core/opens-when.ts";
export type { BackoffOptions } from "./core/exponential-backoff.ts";
export type { WindowOptions } from "./core/share-rule.ts";
export type { Backoff, Ramp } from "./core/policy.ts";
