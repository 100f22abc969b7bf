declare const process: { env: Record<string, string | undefined> } | undefined;

/** Whether `next build` runs this code. Nothing may be counted or refused there. */
export function isBuildPhase(): boolean {
  return typeof process === "object" && process.env["NEXT_PHASE"] === "phase-production-build";
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
  return typeof process === "object" && process.env["NODE_ENV"] === "development";
}

const told = new Set<string>();

/** Tells the developer something once. Silent in production and where no environment is known. */
export function tellOnce(message: string): void {
  if (typeof process === "object" && process.env["NODE_ENV"] !== "production") {
    if (told.has(message) || told.size > 100) return;
    told.add(message);
    try {
      console.warn(`next-protego: ${message}`);
    } catch {
      // A console of the user's own, in a test that forbids it to speak.
    }
  }
}

/** One line while the app is being developed; silent everywhere else. */
export function tellDeveloper(line: string): void {
  if (isDevelopment()) {
    console.info(`next-protego: ${line}`);
  }
}

/** Makes an error, in production without its stack: collecting that costs ten times the rest of a refusal. */
export function leanError<Made extends Error>(make: () => Made): Made {
  const v8 = Error as { stackTraceLimit?: number };
  const limit = v8.stackTraceLimit;
  const develops = typeof process === "object" && process.env["NODE_ENV"] !== "production";
  if (limit === undefined || develops || Object.isFrozen(v8)) return make();
  v8.stackTraceLimit = 0;
  const made = make();
  v8.stackTraceLimit = limit;
  return made;
}
