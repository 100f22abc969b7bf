import { after } from "#after";

interface RequestContext {
  get?(): { waitUntil?: (promise: Promise<unknown>) => void } | undefined;
}

/**
 * Keeps an isolate alive until a promise settles, where there is a way: the one given, Next's `after`, or the
 * platform's `waitUntil`. Where there is none the promise just runs.
 */
export function keepAlive(promise: Promise<unknown>, given?: (promise: Promise<unknown>) => void): void {
  const settled = promise.catch(() => {});
  for (const way of [given, after, platformsWaitUntil]) {
    try {
      if (way) return way(settled);
    } catch {
      // Outside of a request this way is closed; perhaps another is open.
    }
  }
}

function platformsWaitUntil(promise: Promise<unknown>): void {
  const contexts = globalThis as { [key: symbol]: RequestContext | undefined };
  contexts[Symbol.for("@next/request-context")]?.get?.()?.waitUntil?.(promise);
}

interface WorkStore {
  exit?<Result>(run: () => Result): Result;
}

/**
 * Runs what must not take part in a render: inside it, a request to the store would turn a static page dynamic, or
 * be cached with it.
 */
export function outsideRender<Result>(run: () => Result): Result {
  const { fetch } = globalThis as { fetch: { __nextGetStaticStore?: () => WorkStore | undefined } };
  const store = fetch.__nextGetStaticStore?.();
  return store?.exit ? store.exit(run) : run();
}
