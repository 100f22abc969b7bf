import { nearestName } from "./nearest-name.ts";

// The only look that the core has at where it runs: bundlers put a constant in its place, and drop the words for production.
declare const process: { env: { NODE_ENV?: string } };

/** What an option must be, by the few words that are said of it in production. */
const words: Readonly<Record<string, string>> = {
  "1 or more": "a whole number of at least 1",
  "a duration": 'milliseconds or a duration such as "500ms", "30s", "5m"',
  "more than 0": "more than no time",
  "a share": "a share of more than 0 and at most 1, such as 0.5",
  "no promise": "a function that answers at once, not an async one",
  "a name": "a string that is not empty, or a function that returns one",
  "a text": "a string that is not empty",
  "a clock": "an object with a now() function",
  "a store": "a shared store such as upstashStore()",
  watchedCalls: "watchedCalls of next-protego/options",
  "a timeout": 'more than 0 ms, a duration such as "10s", or false',
  "a mode": 'a boolean, "observe" or a function',
  trials: "a whole number of at least 1, or trials(…)",
  "a rule": "a rule of next-protego/options, or anyOf(…)",
  "a Response": "a Response, or a function that makes one",
};

/** What to write in an option's place: at length for who develops, in few words in production. */
export function inFull(expected: string): string {
  try {
    if (process.env.NODE_ENV !== "production")
      return words[expected] ?? expected.replace(/^\w+$/, "$&(…) of next-protego/options");
  } catch {
    // No environment, or none that may be read.
  }
  return expected;
}

/** What to write instead of a name that there is not, for who develops. */
export function meantName(wrong: string, names: readonly string[]): string {
  try {
    if (process.env.NODE_ENV !== "production") {
      const near = nearestName(wrong, names);
      if (near) return `; did you mean "${near}"?`;
    }
  } catch {
    // Likewise.
  }
  return "";
}
