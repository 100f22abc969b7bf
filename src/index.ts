export { createProtectedFetch } from "./http/protected-fetch.ts";
export { withProtego } from "./next/with-protego.ts";
export { protect } from "./breaker/protect.ts";
export { abortable } from "./breaker/abortable.ts";
export { circuit } from "./breaker/circuit-decorator.ts";
export { circuits } from "./breaker/circuits.ts";
export { CircuitOpenError, isCircuitOpenError, retryAfterSeconds } from "./core/circuit-open-error.ts";

export { findCircuitOpenError } from "./core/find-circuit-open-error.ts";

export type {
  BodyWatch,
  CallOverride,
  ProtectedFetch,
  ProtectedFetchOptions,
  ProtectedInit,
  StaleResponses,
} from "./http/protected-fetch-options.ts";
export type { FetchTarget } from "./http/circuit-of-request.ts";
export type { RouteArguments, RouteHandlerContext, RouteOptions } from "./next/with-protego.ts";
export type { CircuitName } from "./breaker/circuit-name.ts";
export type { DecoratorOptions } from "./breaker/circuit-decorator.ts";
export type { ProtectOptions } from "./breaker/protect.ts";
export type {
  CallOptions,
  CircuitOptions,
  InitialPhase,
  IsFailure,
  Mode,
} from "./breaker/circuit-options.ts";
export type { ErrorMatcher } from "./core/error-matcher.ts";
export type { Fallback, FallbackContext, FailureContext } from "./breaker/fallback.ts";
export type { AdmitOptions, CallByHand, PermitByHand, RefusalByHand } from "./breaker/permit-by-hand.ts";
export type { Circuit } from "./breaker/circuit.ts";
export type { CloseCommand, Command, OpenCommand } from "./breaker/circuit-command.ts";
export type { CircuitSnapshot, TrialCounts } from "./breaker/snapshot.ts";
export type { Totals } from "./breaker/breaker.ts";
export type { ChangeReason, Listener, ProtegoEvent, SubstituteKind } from "./breaker/events.ts";
export type { CircuitState } from "./core/phase.ts";
export type { Backoff, PolicyOptions, Probe, Ramp } from "./core/policy-options.ts";
export type { Figures } from "./core/figures.ts";
export type { OpeningRule } from "./core/opening-rule.ts";
export type { RefusalReason } from "./core/refusal.ts";
export type { Duration } from "./core/duration.ts";
export type { Outcome, Verdict } from "./core/verdict.ts";
export type { Clock } from "./runtime/clock.ts";
