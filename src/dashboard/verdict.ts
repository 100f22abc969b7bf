import type { CircuitReport } from "./circuit-report.ts";
import { html, type Html } from "./html.ts";
import { counted, percent } from "../operations/in-figures.ts";

/** Sums over all circuits: of the last half minute, and of the one before. */
export interface Load {
  readonly calls: number;
  readonly failed: number;
  readonly refused: number;
}

/** What is broken, how bad it is, and whether it gets better: in one line. */
export function verdict(reports: readonly CircuitReport[], load: Load, before: Load): Html {
  const some = (is: (report: CircuitReport) => boolean): number => reports.filter(is).length;
  const counts = [
    [some(({ state, held, mode }) => state === "open" && !held && mode === "enforce"), "broken"],
    [some(({ state, held }) => state === "half-open" && !held), "recovering"],
    [some(({ held, state }) => held && state === "open"), "held open"],
    [some(({ held, state }) => held && state === "closed"), "held closed"],
    [some(({ state, held, mode }) => state === "open" && !held && mode === "observe"), "open, only observed"],
    [some(({ degraded }) => degraded), "without their store"],
  ] as const;
  const told = counts.filter(([number]) => number > 0);
  const isBad = counts[0][0] > 0;
  const words =
    told.length === 0
      ? reports.length === 0
        ? "No circuits yet: they appear with their first call."
        : reports.length === 1
          ? "The one circuit is closed."
          : `All ${reports.length} circuits are closed.`
      : told.map(([number, what]) => `${number} ${what}`).join(", ");
  return html`<strong
      role="status"
      data-part="words"
      class="${isBad ? "bad" : told.length > 0 ? "warn" : "good"}"
      >${words}</strong
    >
    <span data-part="load">${loadInWords(load, before)}</span>`;
}

function loadInWords(load: Load, before: Load): string {
  const asked = load.calls + load.refused;
  if (asked === 0) return "no calls in the last 30 s";
  const failed = `${percent(load.failed, load.calls)} of ${counted(load.calls, "call")} failed`;
  if (load.refused === 0) return `${failed} in the last 30 s`;
  return `${percent(load.refused, asked)} of calls refused${trend(load, before)}, ${failed} in the last 30 s`;
}

/** Compared with the half minute before; small differences are noise. */
function trend(load: Load, before: Load): string {
  const share = ({ refused, calls }: Load): number => refused / Math.max(1, refused + calls);
  const change = share(load) - share(before);
  if (before.calls + before.refused === 0 || Math.abs(change) < 0.05) return "";
  return change > 0 ? " (rising)" : " (falling)";
}
