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

/** Lets an error lead to the app's line, where it does not by itself. Never throws. */
export function leadTo(site: CallSite, error: unknown): void {
  try {
    const frames = site.stack?.split("\n").filter((line) => /^\s+at /.test(line)) ?? [];
    const { stack } = error as Error;
    if (frames[0] === undefined || typeof stack !== "string" || stack.includes(frames[0].trim())) return;
    (error as Error).stack = [stack, ...frames].join("\n");
  } catch {
    // A frozen error keeps the stack that it has.
  }
}
