import { pastHook } from "./hooked-fetch.ts";
import { after } from "#after";
import { waitUntil } from "#wait-until";

type WaitUntil = (promise: Promise<unknown>) => void;

interface RequestContext {
  get?(): { waitUntil?: WaitUntil } | undefined;
}

/** Where platforms and frameworks put the request under way. */
const contexts = ["@next/request-context", "@vercel/request-context"];

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
  for (const way of [waitUntil, ...platformsWays()]) if (isTaken(promise, way)) return;
}

function isTaken(promise: Promise<unknown>, way: WaitUntil | undefined): boolean {
  try {
    way?.(promise);
    return way !== undefined;
  } catch {
    return false; // outside of a request this way is closed; perhaps another is open
  }
}

function* platformsWays(): Generator<WaitUntil | undefined> {
  const scope = globalThis as { [key: string | symbol]: unknown };
  for (const name of contexts) {
    const context = (scope[Symbol.for(name)] as RequestContext | undefined)?.get?.();
    if (context?.waitUntil) yield (promise) => context.waitUntil!(promise);
  }
  // OpenNext on Workers, and Netlify.
  const { ctx } = (scope[Symbol.for("__cloudflare-context__")] ?? {}) as { ctx?: { waitUntil: WaitUntil } };
  if (ctx) yield (promise) => ctx.waitUntil(promise);
  const { context } = (scope["Netlify"] ?? {}) as { context?: { waitUntil?: WaitUntil } };
  if (context?.waitUntil) yield (promise) => context.waitUntil!(promise);
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
