import { type FetchHook, fetchHook } from "../runtime/hooked-fetch.ts";
import type { ProtectedInit } from "../http/protected-fetch-options.ts";
import { asyncStorage } from "../runtime/async-storage.ts";
import { tellOnce } from "../runtime/environment.ts";

/** What the hook does with calls: the one thing that changes when it is told anew. */
export interface Hooking {
  readonly isChosen: (url: string | URL) => boolean;
  readonly protectedFetch: (input: RequestInfo | URL, init?: ProtectedInit) => Promise<Response>;
}

interface InstalledHook extends FetchHook {
  /** What `fetch` was before, and is beneath the hook. */
  readonly original: typeof fetch;
  readonly hook: typeof fetch;
  hooking: Hooking | undefined;
}

type Scope = typeof globalThis & { [fetchHook]?: InstalledHook };

/** Lays the hook beneath all that fetch is now or will be patched with; once: later calls tell it anew. */
export function installHook(hookingOf: (original: typeof fetch) => Hooking): () => void {
  const scope = globalThis as Scope;
  const installed = scope[fetchHook];
  if (installed) installed.hooking = hookingOf(installed.original);
  else lay(scope, hookingOf(scope.fetch));
  return () => takeAway(scope);
}

function lay(scope: Scope, hooking: Hooking): void {
  const original = scope.fetch;
  if ((original as { __nextPatched?: boolean }).__nextPatched) {
    tellOnce(
      () =>
        "[hook-too-late] protectFetch comes too late to lie beneath Next's caches: call it in register() of instrumentation.ts.",
    );
  }
  const protectedAlready = asyncStorage<true>();
  if (!protectedAlready) {
    tellOnce(
      () =>
        "[counted-twice] protectFetch: no AsyncLocalStorage here; calls of createProtectedFetch are counted twice.",
    );
  }
  const installed: InstalledHook = {
    original,
    hook: asFetch(hook),
    hooking,
    past: (run) => (protectedAlready ? protectedAlready.run(true, run) : run()),
  };
  function hook(input: RequestInfo | URL, init?: ProtectedInit): Promise<Response> {
    const { hooking: now } = installed;
    const isOurs =
      now &&
      !protectedAlready?.getStore() &&
      now.isChosen((input as Request)?.url ?? (input as string | URL));
    return isOurs
      ? now.protectedFetch(input, withoutFallback(init))
      : Reflect.apply(original, globalThis, arguments);
  }
  scope[fetchHook] = installed;
  putBeneath(original, installed.hook);
}

/** Next stores what a good answer looks like: one call's own fallback has no place here either. */
function withoutFallback(init: ProtectedInit | undefined): ProtectedInit | undefined {
  if (!init?.protego?.fallback) return init;
  const { fallback: _, ...protego } = init.protego;
  return { ...init, protego };
}

function asFetch(hook: typeof fetch): typeof fetch {
  return Object.defineProperties(hook, {
    name: { value: "fetch", configurable: true },
    length: { value: 1, configurable: true },
  });
}

/** Next's development server puts back, at each edit, the fetch of before: the hook has to outlive that. */
function putBeneath(original: typeof fetch, hook: typeof fetch): void {
  try {
    let patched: typeof fetch | undefined;
    Object.defineProperty(globalThis, "fetch", {
      configurable: true,
      enumerable: true,
      get: () => patched ?? hook,
      set(given: typeof fetch) {
        patched = given === original || given === hook ? undefined : given;
      },
    });
  } catch {
    globalThis.fetch = hook; // an edge sandbox, where it cannot be defined and nothing puts it back
  }
}

/** Where a patch lies above, the patch stays, and the hook lets everything through. */
function takeAway(scope: Scope): void {
  const installed = scope[fetchHook];
  if (!installed) return;
  installed.hooking = undefined;
  if (scope.fetch !== installed.hook) return;
  delete scope[fetchHook];
  const plain = { configurable: true, enumerable: true, writable: true, value: installed.original };
  if (!Reflect.defineProperty(scope, "fetch", plain)) scope.fetch = installed.original;
}
