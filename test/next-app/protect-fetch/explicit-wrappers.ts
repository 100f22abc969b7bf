import { expect, test } from "vitest";
import type { App } from "../harness/app.ts";
import { edgeRoute, page, type Place, refused, route } from "./told.ts";

const places: Array<[string, Place]> = [
  ["a route", route],
  ["a page", page],
  ["an edge route", edgeRoute],
];

export function explicitWrappers(app: () => App): void {
  test.each(
    places.flatMap(([name, call]) =>
      ["string", "URL", "Request"].map((input) => [input, name, call] as [string, string, Place]),
    ),
  )("a wrapped call with a %s in %s is counted once, by its wrapper", async (input, name, call) => {
    const path = `/wrapped-${input}-in-${name.replaceAll(" ", "-")}`;
    const told = await call(app(), `path=${path}&wrapped&input=${input}`);
    expect(told).toMatchObject({ body: `answer 1 of ${path}` });
    const find = (circuit: string) =>
      told.circuits ? told.circuits.find((each) => each.name === circuit) : app().circuit(circuit);
    expect(await find(path)).toBeUndefined();
    const { totals } = (await find(`wrapped ${path}`))!;
    expect(totals.failed).toBe(0);
    // Three components ask in the page, and each call of a wrapper counts: it lies above the deduplication.
    expect(totals.succeeded).toBe(name === "a page" ? 3 : 1);
    expect(app().upstream.hits(path)).toBe(1);
  });

  test("one trial is enough: the hook takes none of its own", async () => {
    await app().command("wrapped /trial", "halfOpen");
    await app().command("/trial", "open");
    expect(await route(app(), "path=/trial&wrapped")).toMatchObject({ status: 200 });
    expect(await app().circuit("wrapped /trial")).toMatchObject({ state: "closed" });
    expect(await route(app(), "path=/trial")).toMatchObject(refused);
  });
}
