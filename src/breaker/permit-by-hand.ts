import type { CircuitOpenError } from "../core/circuit-open-error.ts";
import type { Duration } from "../core/duration.ts";
import { isRefusal } from "../core/refusal.ts";
import { anObject, invalid } from "../core/option.ts";
import type { Verdict } from "../core/verdict.ts";
import { isBuildPhase } from "../runtime/environment.ts";
import { isCached } from "../runtime/render-scope.ts";
import { renderScope } from "#render-scope";
import { settleCall } from "./settle-call.ts";
import { askForCall } from "./ask-for-call.ts";
import { resolveCircuitOptions } from "./resolved-options.ts";
import { timeoutMs as checkedTimeout } from "./option-owners.ts";
import { refusalError } from "./refusal-error.ts";
import { boundedName } from "./bounded-name.ts";
import { obtainBreaker } from "./obtain-breaker.ts";
import { liveBreaker } from "./registry.ts";

export interface AdmitOptions {
  /**
   * How long the call may take. Nobody ends it then; but as a trial it loses its place a second later, and so does any
   * call where its end may go unheard (Workers, edges).
   *
   * @default none: a trial has its place for one reset timeout
   */
  timeout?: Duration | false | undefined;
}

/** The answer to asking for a call by hand. */
export type CallByHand = PermitByHand | RefusalByHand;

/** Leave for one call. What is said first of it counts; it holds its place until something is said. */
export interface PermitByHand {
  readonly admitted: true;
  succeeded(): void;
  /** @param error what it failed with, or a short description such as `HTTP 503`: operators see it */
  failed(error?: unknown): void;
  /** It says nothing about the upstream: its caller left, or made a mistake. */
  ignored(): void;
}

export interface RefusalByHand {
  readonly admitted: false;
  /** What a wrapper would have thrown. */
  readonly error: CircuitOpenError;
  /** Milliseconds until the next call may be admitted. */
  readonly retryAfter: number;
}

/** Asks for one call, and leaves it to the asker to say what came of it. In a build every call is admitted, and none counts. */
export async function admitByHand(name: string, options: AdmitOptions): Promise<CallByHand> {
  if (typeof name !== "string" || name === "") invalid("name", name, "a text");
  const { timeout = false } = anObject("options", options, ["timeout"]);
  const timeoutMs = checkedTimeout("timeout", timeout);
  if (isBuildPhase()) return permit(() => {});
  const breaker =
    liveBreaker(boundedName(name)) ?? obtainBreaker(name, resolveCircuitOptions({}, Infinity), 0);
  const decision = await askForCall(breaker, { timeoutMs }, false, !isCached(renderScope()));
  if (!isRefusal(decision)) return permit((verdict, failure) => settleCall(decision, verdict, failure));
  return { admitted: false, error: refusalError(breaker, decision), retryAfter: decision.retryAfterMs };
}

function permit(settle: (verdict: Verdict, failure?: unknown) => void): PermitByHand {
  return {
    admitted: true,
    succeeded: () => settle("success"),
    failed: (error: unknown = "it was said to have failed") => settle("failure", error),
    ignored: () => settle("ignored"),
  };
}
