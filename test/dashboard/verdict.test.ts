import { expect, test } from "vitest";
import type { CircuitReport } from "../../src/dashboard/circuit-report.ts";
import { type Load, verdict } from "../../src/dashboard/verdict.ts";

const circuit = (more: Partial<CircuitReport> = {}): CircuitReport =>
  ({ state: "closed", held: false, mode: "enforce", degraded: false, ...more }) as CircuitReport;
const load = (calls: number, failed: number, refused: number): Load => ({ calls, failed, refused });
const calm = load(100, 0, 0);

/** What a person reads, without its markup. */
function words(reports: CircuitReport[], now: Load = calm, before: Load = calm): string {
  return verdict(reports, now, before)
    .text.replaceAll(/<[^>]+>/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

test.each<[CircuitReport[], string]>([
  [[], "No circuits yet: they appear with their first call."],
  [[circuit()], "The one circuit is closed."],
  [[circuit(), circuit(), circuit()], "All 3 circuits are closed."],
  [[circuit({ state: "open" }), circuit()], "1 broken"],
  [[circuit({ state: "open" }), circuit({ state: "half-open" })], "1 broken, 1 recovering"],
  [[circuit({ state: "open", held: true })], "1 held open"],
  [[circuit({ held: true })], "1 held closed"],
  [[circuit({ degraded: true })], "1 without their store"],
])("%# says what is broken, and how", (reports, said) => {
  expect(words(reports)).toContain(said);
});

test("a circuit that is only observed is not said to be broken, nor in red", () => {
  const observed = [circuit({ state: "open", mode: "observe" })];
  expect(words(observed)).toContain("1 open, only observed");
  expect(words(observed)).not.toContain("broken");
  expect(verdict(observed, calm, calm).text).not.toContain('class="bad"');
  expect(verdict([circuit({ state: "open" })], calm, calm).text).toContain('class="bad"');
});

test.each<[what: string, now: Load, before: Load, said: string]>([
  ["no calls", load(0, 0, 0), calm, "no calls in the last 30 s"],
  ["calls that fail", load(200, 3, 0), calm, "1.5 % of 200 calls failed in the last 30 s"],
  [
    "an outage that grows",
    load(10, 5, 90),
    load(100, 0, 10),
    "90 % of calls refused (rising), 50 % of 10 calls failed",
  ],
  [
    "one that ends",
    load(90, 1, 10),
    load(10, 5, 90),
    "10 % of calls refused (falling), 1.1 % of 90 calls failed",
  ],
  ["one that goes on", load(10, 5, 90), load(10, 5, 88), "90 % of calls refused, 50 % of 10 calls failed"],
  [
    "one of which nothing was seen before",
    load(0, 0, 90),
    load(0, 0, 0),
    "100 % of calls refused, 0 % of 0 calls",
  ],
])(
  "of %s it says how bad it is and whether it gets better, by the last half minute",
  (_what, now, before, said) => {
    expect(words([circuit({ state: "open" })], now, before)).toContain(said);
  },
);
