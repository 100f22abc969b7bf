import { readdir, readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { frameworks } from "./frameworks.ts";

const apps = new URL("apps/", import.meta.url);
const document = await readFile(new URL("../../docs/runtimes.md", import.meta.url), "utf8");
const recipes = [...document.matchAll(/^```tsx? (\S+)\n\/\/ (\S+)\n([\s\S]*?)^```/gm)].map(
  ([, app, path, code]) => ({ app: app!, path: path!, code: code! }),
);

// The apps are what runs, so what is shown is what ran.
test.each(recipes)("docs/runtimes.md shows $path of the $app app as it runs", async ({ app, path, code }) => {
  expect(code).toBe(await readFile(new URL(`${app}/${path}`, apps), "utf8"));
});

test("every block that names an app is held to it", () => {
  expect(recipes).toHaveLength(document.match(/^```tsx? \S/gm)!.length);
});

describe.each(frameworks)("$name", ({ name, app, package: itself, isShown }) => {
  const folder = new URL(`${app}/`, apps);

  test("has a recipe", () => {
    expect(recipes.some((recipe) => recipe.app === app)).toBe(isShown ?? true);
  });

  test("has its version in the document's table", async () => {
    const { dependencies } = JSON.parse(await readFile(new URL("package.json", folder), "utf8")) as {
      dependencies: Record<string, string>;
    };
    expect(document).toContain(`${name} ${dependencies[itself]}`);
    for (const version of Object.values(dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test("asks by the same protected fetch as all the others", async () => {
    const files = await readdir(folder, { recursive: true });
    const shop = files.find((file) => file.endsWith("shop.ts"))!;
    expect(document).toContain(await readFile(new URL(shop, folder), "utf8"));
  });
});
