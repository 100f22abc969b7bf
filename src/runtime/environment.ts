/**
 * Bundlers put a text in the place of `process.env.NODE_ENV`, written just so, and drop what it shuts off: then what only
 * serves development is not shipped. Reading it throws where there is no such thing, and in Deno where it may not be read.
 */
declare const process: {
  env: {
    NODE_ENV?: string;
    NEXT_PHASE?: string;
    __NEXT_ROUTER_BASEPATH?: string;
    [variable: string]: string | undefined;
  };
};

/** Whether `next build` runs this code. Nothing may be counted or refused there. */
export function isBuildPhase(): boolean {
  try {
    return process.env.NEXT_PHASE === "phase-production-build";
  } catch {
    return false;
  }
}

/**
 * The `basePath` of a Next app, which Next takes off the URLs that route handlers get. Its bundlers put it in the place of this
 * name; the name is undocumented, and a test pins it.
 */
export function basePathOfApp(): string {
  try {
    return process.env.__NEXT_ROUTER_BASEPATH ?? "";
  } catch {
    return "";
  }
}

/** What a variable says, where there are any and they may be read. */
export function environmentVariable(name: string): string | undefined {
  try {
    return process.env[name];
  } catch {
    return undefined;
  }
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
  try {
    if (process.env.NODE_ENV === "development") return true;
  } catch {
    // Not known.
  }
  return false;
}

/** Texts that were told; and after the first of them each code with the minute in which it last was. */
const told = new Set<string>();

/**
 * In brackets what a message is called: its page in `docs/errors` has the cause and what to do. What is thrown begins
 * in the same way.
 */
export type Message = `[${MessageCode}] ${string}`;

type MessageCode =
  | "circuit-changed"
  | "counted-twice"
  | "edge-guard"
  | "function-threw"
  | "hook-too-late"
  | "no-name"
  | "push-failed"
  | "refusal-status"
  | "relative-url"
  | "route-name"
  | "rule-not-shared"
  | "store-failed"
  | "too-many-circuits"
  | "two-values";

/**
 * Tells the developer something once; after a hundred texts, of each code one a minute. Silent in production and where
 * no environment is known. A function makes the words, or finds that there is nothing to say, so that bundlers drop all
 * that with it.
 */
export function tellOnce(words: () => Message | false | undefined): void {
  try {
    if (process.env.NODE_ENV !== "production") {
      const message = words();
      if (!message) return;
      const code = /[\w-]+/.exec(message)![0];
      // Names that visitors make can neither flood a console nor keep another code from being heard.
      const turn = told.size > 99 ? code + ((performance.now() / 60_000) | 0) : message;
      if (told.has(message) || told.has(turn)) return;
      told.add(message).add(turn);
      console.warn(`next-protego ${message}\nSee node_modules/next-protego/docs/errors/${code}.md`);
    }
  } catch {
    // No environment; or a console of the user's own, in a test that forbids it to speak.
  }
}

/** For tests: what was told is told again. */
export function forgetTold(): void {
  told.clear();
}

/** One line for whoever runs the app, in development and production. Silent in tests and where neither is known. */
export function tellOperator(line: Message, isWarning: boolean): void {
  try {
    if (process.env.NODE_ENV === "production" || /^(dev|prod)/.test(process.env.NODE_ENV ?? "")) {
      // What comes from elsewhere, a name or an error's words, ends no line and moves no cursor.
      console[isWarning ? "warn" : "info"](`next-protego ${line.replace(/[\s\p{Cc}]+/gu, " ")}`);
    }
  } catch {
    // Likewise.
  }
}

/** Frames of ours between the caller and an error that is made for it. */
const ownFrames = 8;

/**
 * Makes an error: in production without its stack, as collecting that costs ten times the rest of a refusal; elsewhere
 * with as much of the caller's stack as other errors have.
 */
export function errorWithoutStack<Made>(make: () => Made): Made {
  const v8 = Error as { stackTraceLimit?: number };
  const limit = v8.stackTraceLimit;
  // Where it cannot be written, as in frozen intrinsics, it stays as it is.
  if (typeof limit !== "number" || !Reflect.set(v8, "stackTraceLimit", 0)) return make();
  try {
    if (process.env.NODE_ENV !== "production") v8.stackTraceLimit = limit + ownFrames;
  } catch {
    // Not known.
  }
  const made = make();
  v8.stackTraceLimit = limit;
  return made;
}
