import { invalid } from "../core/option.ts";
import { type FetchHook, fetchHook } from "../http/hooked-fetch.ts";
import { createFetchBeneathNext } from "../http/protected-fetch.ts";
import type { ProtectedFetchOptions } from "../http/protected-fetch-options.ts";
import { asyncStorage } from "../runtime/async-storage.ts";
import { tellOnce } from "../runtime/environment.ts";

export interface FetchProtection extends Omit<
  ProtectedFetchOptions,
  "fetch" | "fallback" | "fallbackOnFailure" | "stale"
> {
  /** Whose calls are protected: origins, patterns that the whole origin matches, or a function of the URL. */
  origins: ReadonlyArray<string | RegExp> | ((url: URL) => boolean);
  /**
   * How a refusal reaches the caller: thrown as {@link CircuitOpenError}; or as a Response with a status of your choice,
   * which Next does not store, for SDKs that send again what throws.
   *
   * @default "thrown"
   */
  refusals?: "thrown" | { readonly response: () => Response } | undefined;
}

interface Installed extends FetchHook {
  /** What `fetch` was before, and is beneath the hook. */
  readonly original: typeof fetch;
  /** The hook of the options given last. */
  protectedFetch: typeof fetch;
  isChosen: (url: string) => boolean;
}

type Scope = typeof globalThis & { [fetchHook]?: Installed };

/**
 * Protects every fetch of the app to the chosen origins, SDKs included, with one line in `instrumentation.ts`. It lies
 * beneath Next's patch of `fetch`: data cache and deduplication answer first, and only what goes out is counted. Calls of
 * `createProtectedFetch` pass it. There is no `fallback` and no `stale` here: Next would store what they answer as good
 * data.
 *
 * Called again it takes over the new options. In `next dev` it survives edits; editing `instrumentation.ts` itself needs
 * a restart, as Next has it. Not covered: what does not use `fetch` (axios' http adapter, Stripe's default client).
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
  const isChosen = chosen(options?.origins);
  for (const forbidden of ["fallback", "fallbackOnFailure", "stale", "fetch"]) {
    if (!(forbidden in options)) continue;
    throw invalid(forbidden, Reflect.get(options, forbidden), "left out: Next would store what it answers");
  }
  const { origins: _, refusals = "thrown", ...rest } = options;
  const fallback = refusals === "thrown" ? undefined : checkedResponse(refusals?.response);
  const scope = globalThis as Scope;
  const found = scope[fetchHook];
  const original = found?.original ?? globalThis.fetch;
  const protectedFetch = createFetchBeneathNext({ ...rest, ...(fallback && { fallback }), fetch: original });
  if (found) Object.assign(found, { protectedFetch, isChosen });
  else install(scope, original, protectedFetch, isChosen);
  return () => uninstall(scope);
}

function checkedResponse(response: unknown): () => Response {
  if (typeof response === "function") return response as () => Response;
  throw invalid("refusals", response, '"thrown", or an object with a function `response`');
}

function chosen(origins: FetchProtection["origins"]): (url: string) => boolean {
  const matches = typeof origins === "function" ? origins : undefined;
  if (!matches && !(Array.isArray(origins) && origins.length > 0)) {
    throw invalid("origins", origins, 'a list such as ["https://api.example.com"], or a function of the URL');
  }
  const texts = new Set<string>();
  const patterns: RegExp[] = [];
  for (const origin of (matches ? [] : origins) as ReadonlyArray<string | RegExp>) {
    if (origin instanceof RegExp)
      patterns.push(new RegExp(`^(?:${origin.source})$`, origin.flags.replace(/[gy]/g, "")));
    else texts.add(originOf(origin));
  }
  return (given) => {
    try {
      const url = new URL(given);
      if (matches) return matches(url) === true;
      return texts.has(url.origin) || patterns.some((pattern) => pattern.test(url.origin));
    } catch {
      return false; // fetch shall say so itself
    }
  };
}

function originOf(text: unknown): string {
  try {
    const { origin, href } = new URL(text as string);
    if (/^https?:/.test(href)) return origin;
  } catch {
    // Told below.
  }
  throw invalid("origins", text, 'an origin such as "https://api.example.com"');
}

function install(
  scope: Scope,
  original: typeof fetch,
  protectedFetch: typeof fetch,
  isChosen: (url: string) => boolean,
): void {
  const protectedAlready = asyncStorage<true>();
  if (!protectedAlready)
    tellOnce("protectFetch: no AsyncLocalStorage here; calls of a wrapper are counted twice.");
  const installed: Installed = {
    original,
    protectedFetch,
    isChosen,
    past: (run) => (protectedAlready ? protectedAlready.run(true, run) : run()),
  };
  function hook(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const url = (input as Request)?.url ?? input;
    const isOurs = !protectedAlready?.getStore() && installed.isChosen(url as string);
    return isOurs ? installed.protectedFetch(input, init) : original.apply(globalThis, arguments as never);
  }
  const fetchOfApp = Object.defineProperties(hook, {
    name: { value: "fetch", configurable: true },
    length: { value: 1, configurable: true },
  }) as typeof fetch;
  scope[fetchHook] = installed;
  try {
    // Next's development server puts back, at each edit, the fetch of before: the hook has to outlive that.
    let assigned: typeof fetch | undefined;
    Object.defineProperty(globalThis, "fetch", {
      configurable: true,
      enumerable: true,
      get: () => assigned ?? fetchOfApp,
      set(given: typeof fetch) {
        assigned = given === original ? undefined : given;
      },
    });
  } catch {
    globalThis.fetch = fetchOfApp; // an edge sandbox, where it cannot be defined and nothing puts it back
  }
}

function uninstall(scope: Scope): void {
  const installed = scope[fetchHook];
  if (!installed) return;
  delete scope[fetchHook];
  try {
    const value = installed.original;
    Object.defineProperty(globalThis, "fetch", {
      configurable: true,
      enumerable: true,
      writable: true,
      value,
    });
  } catch {
    globalThis.fetch = installed.original;
  }
}
