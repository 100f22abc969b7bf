import { readdir } from "node:fs/promises";
import type { CircuitSnapshot } from "next-protego";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { manifest, pack, type Packed } from "../package/packed.ts";
import { frameworks } from "./frameworks.ts";
import { type RunningApp, startApp } from "./running-app.ts";
import { type Shop, startShop } from "./shop.ts";

/** They fetch a thousand packages: only in `npm run test:frameworks`. */
const wanted = process.env["FRAMEWORKS"] === "all" ? frameworks : [];

let packed: Packed | undefined;
beforeAll(async () => {
  if (wanted.length > 0) packed = await pack();
}, 60_000);
afterAll(() => packed?.remove());

describe.each(wanted)("an app of $name, built and in production", (framework) => {
  let shop: Shop;
  let app: RunningApp | undefined;
  beforeAll(async () => {
    shop = await startShop();
    app = await startApp(framework, packed!.tarball, shop.url);
  }, 400_000);
  afterAll(async () => {
    await app?.stop();
    await shop.close();
  });

  const get = (path: string): Promise<Response> => fetch(app!.url + path, { redirect: "manual" });
  const circuits = async (): Promise<CircuitSnapshot[]> =>
    (await (await get("/circuits")).json()) as CircuitSnapshot[];
  async function statusesOf(paths: readonly string[]): Promise<number[]> {
    const statuses: number[] = [];
    for (const path of paths) statuses.push((await get(path)).status);
    return statuses;
  }

  test("answers what the shop has", async () => {
    const response = await get("/products/7");
    expect(await response.json()).toEqual({ name: "product 7" });
    expect(response.status).toBe(200);
    expect(await (await get("/shelf/7")).text()).toContain("product 7");
  });

  test("has one circuit for the route, of the pattern's name, whatever is asked for", async () => {
    await statusesOf(["/products/8", "/products/tea", "/products/green-tea"]);
    const names = (await circuits()).map(({ name }) => name).filter((name) => name !== framework.pageCircuit);
    expect(names.toSorted()).toEqual([framework.circuit, "shop"]);
  });

  test("counts neither its redirects nor what it says of the visitor", async () => {
    const { redirects } = framework;
    const paths = ["401", "404", "401", "404", "401", "404", "401", "404"].map((id) => `/products/${id}`);
    const once = [redirects, 404];
    expect(await statusesOf(paths)).toEqual([...once, ...once, ...once, ...once]);
    expect((await get("/products/401")).headers.get("location")).toContain("/login");
    const route = (await circuits()).find(({ name }) => name === framework.circuit);
    expect(route).toMatchObject({ state: "closed", totals: { failed: 0, refused: 0 } });
  });

  test("answers 503 and when to come back once the shop fails, and leaves it alone", async () => {
    shop.fail();
    expect(await statusesOf(["/products/1", "/products/2", "/products/3"])).toEqual([502, 502, 502]);
    const before = shop.hits();
    const response = await get("/products/4");
    expect(response.status).toBe(503);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(response.headers.get("cache-control")).toContain("no-store");
    const states = (await circuits())
      .filter(({ name }) => name !== framework.pageCircuit)
      .map(({ name, state }) => `${name}: ${state}`);
    expect(states.toSorted()).toEqual([`${framework.circuit}: open`, "shop: open"]);

    const page = await get("/shelf/4");
    expect(page.status).toBe(503);
    expect(Number(page.headers.get("retry-after")) > 0).toBe(framework.pageTellsWhen);
    expect(shop.hits()).toBe(before);
  });

  test("has asked for nothing of Next's", async () => {
    const imported = await app!.imported();
    expect(imported.some((specifier) => specifier.startsWith("node:"))).toBe(true);
    expect(imported.filter((specifier) => /^next(?:\/|$)/.test(specifier))).toEqual([]);
  });
});

test("each app is of a framework that is tried, and by hand alone", async () => {
  expect((await readdir(new URL("apps/", import.meta.url))).toSorted()).toEqual(
    frameworks.map(({ app }) => app).toSorted(),
  );
  const { scripts } = (await manifest()) as { scripts: Record<string, string> };
  expect(scripts["test:frameworks"]).toContain("FRAMEWORKS=all");
});
