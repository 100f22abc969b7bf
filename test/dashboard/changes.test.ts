import { expect, test } from "vitest";
import { changesBetween } from "../../src/dashboard/changes.ts";
import type { CircuitReport } from "../../src/dashboard/circuit-report.ts";
import { RowCache } from "../../src/dashboard/row-cache.ts";
import type { Parts } from "../../src/dashboard/page-parts.ts";

const parts = (more: Partial<Parts> = {}): Parts => ({
  verdict: "calm",
  pager: "2 circuits",
  attention: [],
  circuits: [
    { id: "row-a", html: "a" },
    { id: "row-b", html: "b" },
  ],
  incidents: [],
  timeline: [],
  ...more,
});

test("who has seen nothing is sent everything", () => {
  expect(changesBetween(undefined, parts())).toEqual({
    verdict: "calm",
    pager: "2 circuits",
    items: { "row-a": "a", "row-b": "b" },
    order: { attention: [], circuits: ["row-a", "row-b"], incidents: [], timeline: [] },
  });
});

test("what is the same is not sent again", () => {
  const before = parts();
  expect(changesBetween(before, before)).toBeUndefined();
  expect(changesBetween(before, parts())).toBeUndefined();
});

test.each<[what: string, after: Parts, changes: object]>([
  ["the verdict", parts({ verdict: "1 broken" }), { verdict: "1 broken", items: {}, order: {} }],
  [
    "an item",
    parts({
      circuits: [
        { id: "row-a", html: "A" },
        { id: "row-b", html: "b" },
      ],
    }),
    { items: { "row-a": "A" }, order: {} },
  ],
  [
    "the order",
    parts({
      circuits: [
        { id: "row-b", html: "b" },
        { id: "row-a", html: "a" },
      ],
    }),
    { items: {}, order: { circuits: ["row-b", "row-a"] } },
  ],
  [
    "a list that an item has left for another",
    parts({ attention: [{ id: "card-a", html: "!" }], circuits: [{ id: "row-b", html: "b" }] }),
    { items: { "card-a": "!" }, order: { attention: ["card-a"], circuits: ["row-b"] } },
  ],
])("of a change of %s only that is sent", (_what, after, changes) => {
  expect(changesBetween(parts(), after)).toEqual(changes);
});

const inPieces = (tag: string, ...pieces: string[]) => ({
  id: "row-a",
  html: `${tag}<details>${pieces.join("")}</details></li>`,
  pieces: { tag, parts: pieces },
});

test.each([
  ["its changed parts, in its tag of now", ["1", "2", "3"], ["1", "two", "3"], "<li class=now>two</li>"],
  ["its tag alone, where only that has changed", ["1", "2"], ["1", "2"], "<li class=now></li>"],
  [
    "all of it, where it has other parts",
    ["1", "2"],
    ["1", "2", "3"],
    "<li class=now><details>123</details></li>",
  ],
])("of an item that is known is sent: %s", (_what, before, after, sent) => {
  const seen = parts({ circuits: [inPieces("<li class=before>", ...before)] });
  const now = parts({ circuits: [inPieces("<li class=now>", ...after)] });
  expect(changesBetween(seen, now)).toEqual({ items: { "row-a": sent }, order: {} });
  // Who has not seen it needs it whole.
  expect(changesBetween(parts({ circuits: [] }), now)!.items["row-a"]).toContain("<details>");
});

test("a line is written anew when its state has changed, or when it is some seconds old, and not before", () => {
  const cache = new RowCache<string>();
  const report = (generation: number): CircuitReport =>
    ({ name: "api", state: "closed", held: false, generation }) as CircuitReport;
  let written = 0;
  const lineAt = (now: number, generation: number): string =>
    cache.rowOf(report(generation), now, () => `line ${++written}`);
  expect(lineAt(0, 0)).toBe("line 1");
  expect(lineAt(4999, 0)).toBe("line 1");
  expect(lineAt(4999, 1)).toBe("line 2");
  expect(lineAt(11_200, 1)).toBe("line 3");
  cache.sweep();
  expect(lineAt(11_300, 1)).toBe("line 3");
  cache.sweep();
  cache.sweep();
  // Nobody has asked for it for a while: it is kept no longer.
  expect(lineAt(11_400, 1)).toBe("line 4");
});
