declare const process: { env: Record<string, string | undefined> };

let readable: boolean | undefined;

/** Whether the environment may be read. Deno throws for what it may not give, so it is asked once. */
function isReadable(): boolean {
  try {
    return (readable ??= process.env["NODE_ENV"] !== null);
  } catch {
    return (readable = false);
  }
}

/** Whether `next build` runs this code. Nothing may be counted or refused there. */
export function isBuildPhase(): boolean {
  return isReadable() && process.env["NEXT_PHASE"] === "phase-production-build";
}

/** Whether one request may wait for what another has started. On Workers it would hang, or be cut off with it. */
export function sharesWork(): boolean {
  return !("WebSocketPair" in globalThis);
}

/** Whether work may end with the request that started it, unheard: on Workers, and on edges of their kind. */
export function endsWithRequest(): boolean {
  return !sharesWork() || "EdgeRuntime" in globalThis;
}

/** Whether the app is being developed: then errors may cost what they like, if they tell more. */
export function isDevelopment(): boolean {
  return isReadable() && process.env["NODE_ENV"] === "development";
}

const told = new Set<string>();

/** Tells the developer something once. Silent in production and where no environment is known. */
export function tellOnce(message: string): void {
  if (isReadable() && process.env["NODE_ENV"] !== "production") {
    if (told.has(message) || told.size > 100) return;
    told.add(message);
    try {
      console.warn(`next-protego: ${message}`);
    } catch {
      // A console of the user's own, in a test that forbids it to speak.
    }
  }
}

/** One line for whoever runs the app, in development and production. Silent in tests and where neither is known. */
export function tellOperator(line: string, isWarning: boolean): void {
  if (typeof process === "object" && isReadable() && /^(dev|prod)/.test(process.env["NODE_ENV"] ?? "")) {
    console[isWarning ? "warn" : "info"](`next-protego: ${line}`);
  }
}

/** Frames of ours between the caller and an error that is made for it. */
const ownFrames = 8;

/**
 * Makes an error: in production without its stack, as collecting that costs ten times the rest of a refusal; elsewhere
 * with as much of the caller's stack as other errors have.
 */
export function leanError<Made>(make: () => Made): Made {
  const v8 = Error as { stackTraceLimit?: number };
  const limit = v8.stackTraceLimit;
  if (typeof limit !== "number" || Object.isFrozen(v8)) return make();
  const tells = isReadable() && process.env["NODE_ENV"] !== "production";
  v8.stackTraceLimit = tells ? limit + ownFrames : 0;
  const made = make();
  v8.stackTraceLimit = limit;
  return made;
}
