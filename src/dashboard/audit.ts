import { durationInWords } from "../operations/in-figures.ts";
import type { Command } from "./journal.ts";

/**
 * One line for the log: what was done, for how long, by whom and why.
 *
 * @param circuit `undefined` for all that a store knows
 * @param trouble what did not go as it was meant
 */
export function auditLine(
  deed: string,
  circuit: string | undefined,
  { who, why, forMs }: Omit<Command, "action">,
  trouble?: string,
): string {
  const what = circuit === undefined ? "all shared circuits" : quoted(circuit);
  const lasting = forMs === undefined ? "" : ` for ${durationInWords(forMs)}`;
  const because = why && `, because ${quoted(why)}`;
  return `next-protego: ${deed} ${what}${lasting} by ${quoted(who)}${because}${trouble === undefined ? "" : `; ${trouble}`}`;
}

/** What people have written ends no line of a log, moves no cursor and turns no text around. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A log that throws, or rejects later, undoes no command and ends no process. */
export function told(audit: (line: string) => unknown, line: string): void {
  try {
    void Promise.resolve(audit(line)).catch(() => {});
  } catch {
    // It has been done all the same.
  }
}
