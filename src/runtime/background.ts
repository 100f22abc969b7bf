import { pastHook } from "./hooked-fetch.ts";
import { after } from "#after";
import { waitUntil } from "#wait-until";

type WaitUntil = (promise: Promise<unknown>) => void;

/** What can keep the request under way alive. */
interface Request {
  waitUntil?: WaitUntil;
}

interface Scope {
  readonly [key: string | symbol]:
    | (Request & {
        get?(): Request;
        readonly ctx?: Request;
        readonly context?: Request;
        readonly v1?: Request;
      })
    | undefined;
}

/**
 * Where platforms and frameworks put it: Next's own hosts, Vercel, OpenNext on Workers, Netlify, Supabase (Vercel's edge has a text of
 * that name), Bunny. Deno Deploy documents no way.
 */
const places: readonly ((scope: Scope) => Request | undefined)[] = [
  (scope) => scope[Symbol.for("@next/request-context")]?.get?.(),
  (scope) => scope[Symbol.for("@vercel/request-context")]?.get?.(),
  (scope) => scope[Symbol.for("__cloudflare-context__")]?.ctx,
  (scope) => scope["Netlify"]?.context,
  (scope) => scope["EdgeRuntime"],
  (scope) => scope["Bunny"]?.v1,
];

/**
 * Keeps an isolate alive until a promise settles, where there is a way: the one given, Next's `after`, or the
 * platform's `waitUntil`. Where there is none the promise just runs.
 */
export function keepAlive(promise: Promise<unknown>, given?: WaitUntil): void {
  const settled = promise.catch(() => {});
  if (!isTaken(settled, given)) if (!isTaken(settled, after)) askPlatform(settled);
}

/** The same by the platform alone, for a call itself: where work ends with its request, a call may outlive it. */
export function askPlatform(promise: Promise<unknown>): void {
  if (isTaken(promise, waitUntil)) return;
  for (const place of places) {
    try {
      const request = place(globalThis as unknown as Scope);
      if (request?.waitUntil === undefined) continue;
      request.waitUntil(promise);
      return;
    } catch {
      // As below.
    }
  }
}

/** Never throws: outside of a request a way is closed, or not there; perhaps another is open. */
function isTaken(promise: Promise<unknown>, way: WaitUntil | undefined): boolean {
  try {
    way?.(promise);
    return way !== undefined;
  } catch {
    return false;
  }
}

interface WorkStore {
  exit?<Result>(run: () => Result): Result;
}

/**
 * Runs what must not take part in a render: inside it, a request to the store would turn a static page dynamic, or
 * be cached with it. Nor is it counted or refused by `protectFetch`: what a circuit sends to do its work cannot wait for it.
 */
export function outsideRender<Result>(run: () => Result): Result {
  const { fetch } = globalThis as { fetch: { __nextGetStaticStore?: () => WorkStore | undefined } };
  const store = fetch.__nextGetStaticStore?.();
  return pastHook(() => (store?.exit ? store.exit(run) : run()));
}
