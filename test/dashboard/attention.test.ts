import { beforeEach, describe, expect, test } from "vitest";
import { createDashboard } from "../../src/dashboard.ts";
import { circuits, protect } from "../../src/index.ts";
import { freshHistory } from "./fresh-history.ts";

beforeEach(freshHistory);

const { fetch } = createDashboard({ authorize: () => true });

/** Names of the circuits that have a card, and of those that have a line. */
async function shown(): Promise<{ cards: string[]; lines: string[] }> {
  const text = await (await fetch(new Request("http://localhost/protego"))).text();
  const [, cards, lines] = text.split(/id="(?:attention|circuits|incidents)"/);
  const names = (part: string): string[] =>
    [...part.matchAll(/class="name">([^<]*)</g)].map(([, name]) => name!);
  return { cards: names(cards!), lines: names(lines!) };
}

async function calls(name: string, succeed: number, fail: number): Promise<void> {
  const call = protect(
    (fails: boolean) => (fails ? Promise.reject(new RangeError("no")) : Promise.resolve()),
    {
      name,
      failureThreshold: 99,
    },
  );
  for (let each = 0; each < succeed + fail; each++) await call(each < fail).catch(() => {});
}

describe("a circuit that is closed has a card", () => {
  test.each([
    [4, 1, "card"],
    [5, 1, "line"],
    [0, 4, "line"],
    [0, 5, "card"],
    [9, 0, "line"],
  ])("of calls %i succeed and %i fail: a %s", async (succeed, fail, kind) => {
    await calls("api", succeed, fail);
    expect(await shown()).toEqual(
      kind === "card" ? { cards: ["api"], lines: [] } : { cards: [], lines: ["api"] },
    );
  });

  test("where somebody holds it", async () => {
    circuits.register("api").close({ forced: true });
    expect((await shown()).cards).toEqual(["api"]);
  });
});

test("twelve have cards; the others that are broken come first among the lines", async () => {
  circuits.register("a calm one");
  for (let each = 10; each < 24; each++) circuits.register(`broken ${each}`).open();
  const { cards, lines } = await shown();
  expect(cards).toHaveLength(12);
  expect(lines).toEqual(["broken 22", "broken 23", "a calm one"]);
});
