import { type Browser, chromium } from "playwright-core";
import { findChromium } from "../../setup/find-chromium.ts";

/** The machine's Chromium, or `undefined` where there is none. */
export async function startChromium(): Promise<Browser | undefined> {
  const executablePath = findChromium();
  if (executablePath === undefined) return undefined;
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

export const noChromium = "no Chromium: apt-get install chromium, or set CHROMIUM_PATH";

interface Broken {
  readonly url: string;
  /** Where another page of the app is, from which one can go there without loading a document. */
  readonly from?: string;
  readonly heal: () => Promise<unknown>;
}

/** Loads a page that shows its error, clicks while the circuit is open, heals, clicks once more, and tells what is there then. */
export async function recoverByClick(browser: Browser, { url, from, heal }: Broken): Promise<string> {
  const page = await browser.newPage();
  try {
    await page.goto(from ?? url);
    if (from !== undefined) {
      await page.waitForFunction(hasStarted);
      await page.evaluate(goInside, new URL(url).pathname);
    }
    const again = page.getByRole("button", { name: "Try again" });
    const rendered = page.waitForResponse((response) => response.url().includes("_rsc="));
    await again.click();
    await rendered;
    await again.waitFor();
    await heal();
    await again.click();
    await again.waitFor({ state: "detached" });
    // Behind its loading text the page may still be on its way.
    const main = page.locator("main", { hasNotText: "loading" });
    return await main.innerText();
  } finally {
    await page.close();
  }
}

interface Started {
  readonly next?: { readonly router?: { push(path: string): void } };
}

/** Runs in the browser: whether the app can be used. */
function hasStarted(): boolean {
  return (globalThis as Started).next?.router !== undefined;
}

/** Runs in the browser: what a link does. */
function goInside(path: string): void {
  (globalThis as Started).next!.router!.push(path);
}
