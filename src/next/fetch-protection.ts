import type { FallbackContext } from "../breaker/fallback.ts";
import type { ProtectedFetchOptions } from "../http/protected-fetch-options.ts";

export interface FetchProtection extends Omit<
  ProtectedFetchOptions,
  "fetch" | "fallback" | "fallbackOnFailure" | "stale"
> {
  /** Whose calls are protected: origins, patterns that the whole origin matches, or a function of the URL. */
  origins: ReadonlyArray<string | RegExp> | ((url: URL) => boolean);
  /**
   * How a refusal reaches the caller: `"thrown"` as {@link CircuitOpenError}; `"answered"` with 504, for SDKs that send
   * again what throws; or with a Response of your own, whose status must be 400 or more. In a prerender and inside a
   * cached function it is always thrown: what is answered there would be kept.
   *
   * @default "thrown"
   */
  refusals?:
    | "thrown"
    | "answered"
    | { readonly response: (context: FallbackContext) => Response | PromiseLike<Response> }
    | undefined;
}
