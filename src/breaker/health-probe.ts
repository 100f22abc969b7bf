import type { Probe } from "../core/policy.ts";
import { invalid } from "../core/option.ts";
import { keepAlive, outsideRender } from "../runtime/background.ts";

/**
 * Lets a cheap request of your choosing decide about recovery, instead of visitors' calls: when a half-open circuit is
 * asked for a call, the check runs in the background and the call is refused as if the circuit were open. It passes when
 * it answers, with a Response that is `ok` or with anything else; it fails when it throws. `halfOpenRetries` checks in a
 * row must pass.
 *
 * No timer runs: the first call after `resetTimeout` starts the check. One that hangs is given up after the lease of a
 * trial, so bound it: `AbortSignal.timeout(2000)`.
 *
 * @throws {TypeError} when it is no function
 * @example
 * healthProbe(() => fetch("https://api.example.com/health", { signal: AbortSignal.timeout(2000) }));
 */
export function healthProbe(check: () => unknown): Probe {
  if (typeof check !== "function") throw invalid("probe", check, "a function that makes a cheap request");
  return (settle) => {
    // Inside a render Next would keep its answer, or make the page dynamic for it.
    const checked = outsideRender(() => Promise.resolve().then(check)).then((returned) => {
      const { ok, status } = (returned ?? {}) as Partial<Response>;
      settle(ok === false ? "failure" : "success", `HTTP ${String(status)}`);
      // Nobody reads it: its connection is free again.
      void (returned as Partial<Response> | undefined)?.body?.cancel?.().catch(() => {});
    });
    keepAlive(checked.catch((error: unknown) => settle("failure", error)));
  };
}
