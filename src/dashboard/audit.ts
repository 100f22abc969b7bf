import { durationInWords } from "../operations/in-figures.ts";
import { printable } from "../operations/steering-characters.ts";
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
  return printable(JSON.stringify(text));
}

/** A log that throws, or rejects later, undoes no command and ends no process. */
export function told(audit: (line: string) => unknown, line: string): void {
  try {
    void Promise.resolve(audit(line)).catch(() => {});
  } catch {
    // It has been done all the same.
  }
}
