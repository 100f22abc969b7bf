import { relative } from "node:path";
import type { Reporter, TestModule } from "vitest/node";

/** What a whole run came to. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: string[];
}

/**
 * Counts a run. What never got so far as to be a test, a file that does not load or an error outside of any
 * test, counts as one failure: "0 failed" must mean that nothing went wrong.
 */
export function tallyOf(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): Tally {
  const tally: Tally = { passed: 0, failed: unhandledErrors.length, skipped: [] };
  for (const module of modules) {
    let failedHere = 0;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === "passed") tally.passed++;
      else if (result.state === "failed") failedHere++;
      else {
        const reason = (result.state === "skipped" && result.note) || "no reason given";
        tally.skipped.push(`${relative(process.cwd(), module.moduleId)} > ${test.fullName}: ${reason}`);
      }
    }
    tally.failed += module.state() === "failed" ? Math.max(failedHere, 1) : failedHere;
  }
  return tally;
}

export function closingLines({ passed, failed, skipped }: Tally): string {
  const left = skipped.length > 0 ? `, ${skipped.length} skipped` : "";
  const list = skipped.length > 0 ? `Skipped:\n${skipped.map((one) => `  ${one}\n`).join("")}` : "";
  return `\n${list}${passed} passed, ${failed} failed${left}\n`;
}

/** Lists what was skipped and why, and ends the output with one line that says how the run went. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const lines = closingLines(tallyOf(modules, unhandledErrors));
    // Other reporters and the coverage table come after this event; nothing comes after the exit.
    process.once("exit", () => process.stdout.write(lines));
  }
}
