import { chromium } from "playwright-core";
import type { Upstream } from "../suite/check.ts";
import type { Result } from "../suite/perform.ts";
import type { Project } from "./project.ts";

/** A page of the upstream's own, bundled as for every browser. */
export async function inChromium(
  project: Project,
  upstream: Upstream,
  executablePath: string,
): Promise<Result[]> {
  const main = `
    import { suite } from "./suite.mjs";
    globalThis.run = (upstream) => suite(upstream, { redis: { missing: "no TCP in a browser" } });
  `;
  const content = await project.bundle(main, { format: "iife", conditions: ["browser", "module"] });
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    await page.goto(`${upstream.url}/page`);
    await page.addScriptTag({ content });
    return await page.evaluate(
      (given) => (globalThis as unknown as { run(upstream: Upstream): Promise<Result[]> }).run(given),
      { ...upstream, database: { ...upstream.database, url: `${upstream.url}/database` } },
    );
  } finally {
    await browser.close();
  }
}
