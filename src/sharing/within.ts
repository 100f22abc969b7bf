/** Waits for a promise that never rejects, but no longer than the bound. What it does late it still does. */
export function within(boundMs: number, done: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, boundMs);
    void done.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Settles after so long; a process that is done may end before. */
export function later(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms) as { unref?: () => void };
    timer.unref?.();
  });
}
