declare const process: { env: { NODE_ENV?: string } };

/** Where a call was made, for errors that do not know it. Production has no use for it, and bundles for it have none of this. */
export type CallSite = Error;

type Capture = (target: object, above: unknown) => void;

/**
 * The line of the app that makes this call. For development only: it costs more than the rest of the breaker.
 *
 * @param above frames up to this function are ours, and left out where the engine can do that
 */
export function callSite(above: unknown): CallSite | undefined {
  try {
    if (process.env.NODE_ENV !== "production") {
      const site = new Error();
      const { captureStackTrace } = Error as { captureStackTrace?: Capture };
      captureStackTrace?.(site, above);
      return site;
    }
  } catch {
    // No environment, or none that may be read.
  }
  return undefined;
}

/**
 * Lets an error lead to the app's line, where it does not by itself: puts the frames that its stack lacks where they
 * belong. Never throws.
 */
export function leadTo(site: CallSite, error: unknown): void {
  try {
    if (process.env.NODE_ENV !== "production") {
      completeStack(site, error as Error);
    }
  } catch {
    // A frozen error keeps the stack that it has.
  }
}

/** The app's file and line, as text. */
export function lineIn(site: CallSite): string | undefined {
  return /(?:\(|at )([^()\n]+:\d+:\d+)\)?$/m.exec(site.stack!)?.[1];
}

function completeStack(site: CallSite, error: Error): void {
  // An error without a stack, or with one that is no text, ends this by what it throws.
  const known = error.stack!.split("\n");
  const frames = site.stack!.split("\n").filter(lineOf);
  for (const [count, frame] of frames.entries()) {
    const place = known.findIndex((one) => lineOf(one) === lineOf(frame));
    if (place < 0) continue;
    known.splice(place, 0, ...frames.slice(0, count));
    if (count > 0) error.stack = known.join("\n");
    return;
  }
  error.stack = [...known, ...frames].join("\n");
}

/** File and line of a frame. Not its column: where a line waits for a call is not where it makes it. */
function lineOf(frame: string): string | undefined {
  return /^\s+at (?:.* \(|async )?(.+:\d+):\d+\)?$/.exec(frame)?.[1];
}
