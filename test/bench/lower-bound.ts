type Work = (url: string) => Promise<unknown>;

/** The least that a breaker of consecutive failures can do, written out by hand. */
export function lowerBound(work: Work, threshold: number): Work {
  let failures = 0;
  let openUntil = 0;
  return async (url) => {
    if (openUntil > 0 && performance.now() < openUntil) throw new Error("open");
    try {
      const value = await work(url);
      failures = 0;
      return value;
    } catch (error) {
      if (++failures >= threshold) openUntil = performance.now() + 60_000;
      throw error;
    }
  };
}

interface Counted {
  failures: number;
  openUntil: number;
}

/** The same with a count for each origin; the last origin is remembered and compared. */
export function lowerBoundByOrigin(work: Work, threshold: number): Work {
  const counts = new Map<string, Counted>();
  let origin = "";
  let last: Counted = { failures: 0, openUntil: 0 };

  function find(url: string): Counted {
    if (origin !== "" && url.startsWith(origin) && url[origin.length] === "/") return last;
    origin = new URL(url).origin;
    last = counts.get(origin) ?? { failures: 0, openUntil: 0 };
    counts.set(origin, last);
    return last;
  }
  return async (url) => {
    const counted = find(url);
    if (counted.openUntil > 0 && performance.now() < counted.openUntil) throw new Error("open");
    try {
      const value = await work(url);
      counted.failures = 0;
      return value;
    } catch (error) {
      if (++counted.failures >= threshold) counted.openUntil = performance.now() + 60_000;
      throw error;
    }
  };
}

/**
 * The same with a timeout: a signal ends what listens to it, and the caller is told also where nothing does. Without the
 * race, a function that ignores its signal would hang for ever.
 */
export function lowerBoundTimed(
  work: (url: string, signal: AbortSignal) => Promise<unknown>,
  threshold: number,
  timeoutMs: number,
): Work {
  return lowerBound(async (url) => {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const error = new DOMException("too slow", "TimeoutError");
        controller.abort(error);
        reject(error);
      }, timeoutMs);
    });
    try {
      return await Promise.race([work(url, controller.signal), late]);
    } finally {
      clearTimeout(timer);
    }
  }, threshold);
}
