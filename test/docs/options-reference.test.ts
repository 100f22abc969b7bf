import { expect, test } from "vitest";
import { publicApi } from "../package/public-api.ts";
import { groups, optionsReference } from "./options-reference.ts";

test("docs/options.md is what the declarations say", async () => {
  await expect(optionsReference()).toMatchFileSnapshot("../../docs/options.md");
});

test("no set of options that an entry exports is left out", () => {
  const inPage = new Set(groups.flatMap(({ interfaces }) => Object.keys(interfaces)));
  const entries = [...new Set(groups.map(({ entry }) => entry))];
  const exported = entries.flatMap((entry) =>
    publicApi(entry).items.filter(({ kind, name }) => kind === "Interface" && name.endsWith("Options")),
  );
  expect(exported.map(({ name }) => name).filter((name) => !inPage.has(name))).toEqual([]);
});

test("each option says what it does", () => {
  const rows = optionsReference().match(/^\| `.*$/gm)!;
  expect(rows.length).toBeGreaterThan(50);
  expect(rows.filter((row) => /\|\s*\|$/.test(row))).toEqual([]);
});
