import { describe, expect, test } from "vitest";
import { manifest } from "./packed.ts";
import { publicApi } from "./public-api.ts";

const { exports } = await manifest();
const entries = Object.keys(exports as object)
  .filter((path) => path !== "./package.json")
  .map((path) => (path === "." ? "index" : path.slice(2)));
const apis = entries.map((entry) => ({ entry, ...publicApi(entry) }));

describe("what an app can see changes only where the change is written down", () => {
  test.each(apis)("$entry", async ({ entry, report }) => {
    await expect(report).toMatchFileSnapshot(`api/${entry}.api.md`);
  });
});

/** Named by a signature and not to be imported: parts of a circuit's insides, and what inference needs. */
const opaque = [
  "Admission",
  "AdmittedCall",
  "AsInferred",
  "Breaker",
  "ClosedPhase",
  "OfCall",
  "Permit",
  "Phase",
  "Policy",
  "Protected",
  "Refusal",
  "SharedCircuit",
  "Tally",
  "UpstashPipeline",
  "Window",
];

test("each other type that a signature names can be imported from some entry", () => {
  const exported = new Set(apis.flatMap(({ items }) => items.map(({ name }) => name)));
  const named = new Set(apis.flatMap(({ forgotten }) => forgotten).map((name) => name.replace(/_\d$/, "")));
  expect([...named].filter((name) => !exported.has(name)).sort()).toEqual(opaque);
});
