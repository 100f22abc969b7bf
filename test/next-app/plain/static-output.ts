import { expect, test } from "vitest";
import type { App } from "../harness/app.ts";
import { main } from "../harness/outputs.ts";

export function staticOutput(app: () => App): void {
  test.each([
    ["a page with a protected fetch that is cached stays static", "/static", "○", undefined],
    ["a page that revalidates keeps its time", "/isr", "○", "1s"],
    ["a wrapped route that is forced static stays static", "/api/static", "○", undefined],
    [
      "a wrapped route that revalidates stays static, not being forced to",
      "/api/static-revalidated",
      "○",
      "1h",
    ],
    ["a wrapped route with a protected fetch keeps its time", "/api/isr", "○", "1s"],
    [
      "an uncached protected fetch makes its page dynamic, as a bare one does",
      "/static-uncached",
      "ƒ",
      undefined,
    ],
    ["a protected function that reads cookies makes its page dynamic", "/cookies", "ƒ", undefined],
  ])("%s", (_sentence, path, mark, revalidate) => {
    expect(app().build.routes.get(path)).toEqual({ mark, revalidate });
  });

  test("a static page is served from the build, with no call to the upstream", async () => {
    const hits = app().upstream.hits("/static-page");
    const response = await app().get("/static");
    expect(response.headers.get("x-nextjs-cache")).toBe("HIT");
    expect(main(await response.text())).toBe("answer 1 of /static-page");
    expect(app().upstream.hits("/static-page")).toBe(hits);
  });

  test("a page made dynamic by its fetch works, and the prerender that stopped there counted nothing", async () => {
    expect(main(await app().text("/static-uncached"))).toMatch(/^answer \d+ of/);
    expect(await app().circuit("/static-uncached")).toMatchObject({
      totals: { allowed: 1, succeeded: 1, failed: 0 },
    });
  });

  test("the build starts no circuits: the server begins with none that only the build used", async () => {
    expect(await app().circuit("/static-page")).toBeUndefined();
  });
}
