import { invalid } from "../core/option.ts";
import { createFetchBeneathNext } from "../http/protected-fetch.ts";
import { answeredRefusal } from "./answered-refusal.ts";
import { chosenOrigins } from "./chosen-origins.ts";
import type { FetchProtection } from "./fetch-protection.ts";
import { installHook } from "./install-hook.ts";

const forbidden = {
  fallback: "left out: Next would store what it answers",
  fallbackOnFailure: "left out: Next would store what it answers",
  stale: "left out: Next would store what it answers",
  fetch: "left out: it is the app's own fetch that is protected",
};

/**
 * Protects every fetch of the app to the chosen origins, SDKs included, with one line in `instrumentation.ts`. It lies
 * beneath Next's patch of `fetch`: data cache and deduplication answer first, and only what goes out is counted. Calls of
 * `createProtectedFetch` pass it. There is no `fallback` and no `stale` here: Next would store what they answer as good
 * data.
 *
 * Called again it takes over the new options. In `next dev` it survives edits; editing `instrumentation.ts` itself needs
 * a restart. Not covered: what does not use `fetch` (axios' http adapter, Stripe's default client).
 *
 * @returns a function that takes it away again
 * @throws {TypeError | RangeError} for a bad option, naming it, what came and what is expected
 * @example
 * // instrumentation.ts
 * export function register() {
 *   protectFetch({ origins: ["https://api.example.com"], timeout: "3s" });
 * }
 */
export function protectFetch(options: FetchProtection): () => void {
  const isChosen = chosenOrigins(options?.origins);
  for (const [option, expected] of Object.entries(forbidden)) {
    const value: unknown = Reflect.get(options, option);
    if (value !== undefined) throw invalid(option, value, expected);
  }
  const { origins: _, refusals, ...rest } = options;
  const fallback = answeredRefusal(refusals);
  return installHook((original) => ({
    isChosen,
    protectedFetch: createFetchBeneathNext({ ...rest, ...(fallback && { fallback }), fetch: original }),
  }));
}
