/** Where a call was made, for errors that do not know it. */
export type CallSite = Error;

type Capture = (target: object, above: unknown) => void;

/**
 * The line of the app that makes this call. For development only: it costs more than the rest of the breaker.
 *
 * @param above frames up to this function are ours, and left out where the engine can do that
 */
export function callSite(above: unknown): CallSite {
  const site = new Error();
  const { captureStackTrace } = Error as { captureStackTrace?: Capture };
  captureStackTrace?.(site, above);
  return site;
}

/**
 * Lets an error lead to the app's line, where it does not by itself: puts the frames that its stack lacks where they
 * belong. Never throws.
 */
export function leadTo(site: CallSite, error: unknown): void {
  try {
    const { stack } = error as Error;
    if (site?.stack === undefined || typeof stack !== "string") return;
    const known = stack.split("\n");
    const frames = site.stack.split("\n").filter(lineOf);
    for (const [count, frame] of frames.entries()) {
      const place = known.findIndex((one) => lineOf(one) === lineOf(frame));
      if (place < 0) continue;
      known.splice(place, 0, ...frames.slice(0, count));
      if (count > 0) (error as Error).stack = known.join("\n");
      return;
    }
    (error as Error).stack = [...known, ...frames].join("\n");
  } catch {
    // A frozen error keeps the stack that it has.
  }
}

/** File and line of a frame. Not its column: where a line waits for a call is not where it makes it. */
function lineOf(frame: string): string | undefined {
  return /^\s+at (?:.* \(|async )?(.+:\d+):\d+\)?$/.exec(frame)?.[1];
}
