import { expect, test } from "vitest";
import { type Counters, noCounters } from "../../src/dashboard/counters.ts";
import { asMarkdown, incidentReport } from "../../src/dashboard/incident-report.ts";
import { type Change, Journal } from "../../src/dashboard/journal.ts";

const began = Date.parse("2026-03-01T02:00:00Z");

function countersWith(failed: number, refused: number): Counters {
  const counters = noCounters();
  counters.calls.enforce.failed = failed;
  counters.refused = refused;
  return counters;
}

/** Opened at 0 s, tried in vain twice, held by ada, closed after 10 min. */
function outage(circuit = "payments"): Journal {
  const journal = new Journal();
  const change = (from: Change["from"], to: Change["to"], more: Partial<Change> = {}): Change => ({
    circuit,
    from,
    to,
    reason: "calls",
    failure: to === "open" ? "ECONNREFUSED" : undefined,
    figures: undefined,
    observed: false,
    counters: countersWith(3, 0),
    ...more,
  });
  const figures = { calls: 40, failed: 10, inFlight: 2, p95Ms: 80 };
  journal.changed(change("closed", "open", { figures }), began, undefined);
  for (const minute of [1, 2]) {
    journal.changed(change("open", "half-open", { reason: "time" }), began + minute * 60_000, undefined);
    journal.changed(change("half-open", "open"), began + minute * 60_000 + 500, undefined);
  }
  const ada = { action: "hold-open", who: "ada", why: "deploy | <b>of</b>\npayments" } as const;
  journal.commanded(circuit, ada, began + 200_000);
  journal.changed(change("open", "half-open", { reason: "time" }), began + 600_000, undefined);
  journal.changed(
    change("half-open", "closed", { counters: countersWith(5, 812) }),
    began + 600_500,
    undefined,
  );
  return journal;
}

test("an outage is told from its opening to its end, with what it cost and who did what", () => {
  const [incident] = outage().incidents;
  const report = incidentReport(incident!, undefined, began + 1e7, "web-3");
  expect(report).toMatchObject({
    circuit: "payments",
    process: "web-3",
    began: "2026-03-01T02:00:00.000Z",
    ended: "2026-03-01T02:10:00.500Z",
    lastedMs: 600_500,
    cause: "ECONNREFUSED",
    beforeOpening: { calls: 40, failed: 10 },
    failed: 2,
    refused: 812,
    trials: 3,
    stepsLeftOut: 0,
  });
  expect(report.steps.map(({ text }) => text)).toEqual([
    "opened after ECONNREFUSED; 25 % of 40 calls failed in the last 30 s",
    "2 trials failed: ECONNREFUSED",
    "held open until another command by ada: deploy | <b>of</b>\npayments",
    "tries whether its upstream is back",
    "closed: its trials succeeded",
  ]);
});

test("as Markdown it is a page that nothing in it can break", () => {
  const [incident] = outage("pay`ments`\n# heading").incidents;
  const text = asMarkdown(incidentReport(incident!, undefined, began, undefined));
  expect(text).toContain("# Outage behind `pay ments # heading`\n");
  expect(text).toContain("- Ended: 2026-03-01T02:10:00.500Z, after 10 min\n");
  expect(text).toContain("- Refused: 812 calls did not reach the upstream\n");
  expect(text).toContain("| 02:01:00–02:02:00 | 2 trials failed: ECONNREFUSED |");
  expect(text).toContain(String.raw`by ada: deploy \| \<b\>of\</b\> payments |`);
  expect(text.split("\n").filter((line) => line.startsWith("#"))).toHaveLength(1);
});

test("one that goes on is counted up to now", () => {
  const journal = new Journal();
  const opening = {
    circuit: "api",
    from: "closed",
    to: "open",
    reason: "calls",
    failure: "HTTP 503",
  } as const;
  const more = { figures: undefined, observed: true, counters: countersWith(3, 0) };
  journal.changed({ ...opening, ...more }, began, undefined);
  const report = incidentReport(journal.incidents[0]!, countersWith(9, 70), began + 60_000, undefined);
  expect(report).toMatchObject({ ended: undefined, lastedMs: 60_000, failed: 6, refused: 70, trials: 0 });
  expect(report.steps[0]!.text).toContain("only observed: nothing is refused");
  expect(asMarkdown(report)).toContain("- Ended: not yet, after 60 s");
});

test("a circuit that is forgotten ends its outage: nobody would hear of its end", () => {
  const journal = new Journal();
  const opening = {
    circuit: "api",
    from: "closed",
    to: "open",
    reason: "calls",
    failure: "HTTP 503",
  } as const;
  journal.changed(
    { ...opening, figures: undefined, observed: false, counters: noCounters() },
    began,
    undefined,
  );
  journal.forgotten("api", noCounters(), began + 1000);
  expect(journal.underWay("api")).toBeUndefined();
  expect(journal.entries[0]!.kind).toBe("forgotten");
});
