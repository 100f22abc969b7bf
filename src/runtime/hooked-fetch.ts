/** A hook beneath every fetch of the process, and a way past it for calls that are protected already. */
export interface FetchHook {
  /** Runs a fetch that the hook lets through untouched. */
  past<Result>(run: () => Result): Result;
}

/** Where `protectFetch` leaves its hook: Next loads modules once per layer. */
export const fetchHook = Symbol.for("next-protego/fetch-hook/1");

/** The hook that lies beneath this process's fetch, where there is one. */
export function hookBeneath(): FetchHook | undefined {
  return (globalThis as { [fetchHook]?: FetchHook })[fetchHook];
}

/** Calls a fetch on behalf of a wrapper: what lies beneath must not count it again. */
export function pastHook<Result>(run: () => Result): Result {
  const hook = hookBeneath();
  return hook ? hook.past(run) : run();
}
