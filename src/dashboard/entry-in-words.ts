import type { Action } from "./command.ts";
import { counted, durationInWords, percent } from "../operations/in-figures.ts";
import type { Entry } from "./journal.ts";

/** For the log, after the name of the circuit. */
const done: Record<Action, string> = {
  open: "opened",
  close: "closed",
  "half-open": "let trials through",
  reset: "closed and forgot its counts",
  "hold-open": "held open until another command",
  "hold-closed": "held closed until another command",
};

/** Where it was said how long it is to last. */
const doneFor: Partial<Record<Action, string>> = { "hold-closed": "held closed" };

/** What an entry tells, after the name of its circuit. */
export function entryInWords({ kind, reason, failure, figures, command, times, observed }: Entry): string {
  if (command) {
    const { action, forMs } = command;
    const deed =
      forMs === undefined ? done[action] : `${doneFor[action] ?? done[action]} for ${durationInWords(forMs)}`;
    const often = times > 1 ? `, ${times} times` : "";
    return `${deed} by ${command.who}${often}${command.why && `: ${command.why}`}`;
  }
  const only = observed ? " (only observed: nothing is refused)" : "";
  switch (kind) {
    case "opened": {
      if (reason === "fleet") return `opened: the fleet did${only}`;
      if (reason === "command") return `opened by command${only}`;
      const counts = figures
        ? `; ${percent(figures.failed, figures.calls)} of ${counted(figures.calls, "call")} failed in the last 30 s`
        : "";
      return `opened after ${failure ?? "failures"}${counts}${only}`;
    }
    case "trying":
      return reason === "command" ? "lets trials through, by command" : "tries whether its upstream is back";
    case "trial failed":
      return times === 1
        ? `trial failed: ${failure ?? reason}`
        : `${times} trials failed: ${failure ?? reason}`;
    case "closed":
      return reason === "calls"
        ? "closed: its trials succeeded"
        : `closed by ${reason === "fleet" ? "the fleet" : "command"}`;
    case "command":
      return "commanded";
    case "forgotten":
      return "forgotten to make room for other circuits";
    case "store lost":
      return "lost its shared store: this process is on its own";
    case "store back":
      return "has its shared store again";
  }
}
