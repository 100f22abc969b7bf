import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDashboard } from "../../src/dashboard.ts";
import { circuits, protect } from "../../src/index.ts";
import { resetCircuits } from "../../src/testing.ts";
import { findChromium } from "../setup/find-chromium.ts";
import { serveDashboard } from "./dashboard-server.ts";

const token = "a token of many characters";
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");
const executablePath = findChromium();

let browser: Browser;
let served: Awaited<ReturnType<typeof serveDashboard>>;

beforeAll(async () => {
  if (!executablePath) return;
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  served = await serveDashboard(createDashboard({ authorize: token, audit: () => {} }));
});
afterAll(async () => {
  await browser?.close();
  served?.stop();
});
beforeEach((context) => {
  if (!executablePath) context.skip("no Chromium. Install it or set CHROMIUM_PATH.");
  resetCircuits();
});

async function open(options: BrowserContextOptions = {}): Promise<Page & { trouble: string[] }> {
  const credentials = { username: "anybody", password: token };
  const context = await browser.newContext({ httpCredentials: credentials, ...options });
  const trouble: string[] = [];
  const page = Object.assign(await context.newPage(), { trouble });
  page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
  page.on("pageerror", (error) => trouble.push(error.message));
  page.on("dialog", (dialog) => {
    trouble.push(dialog.message());
    void dialog.dismiss();
  });
  await page.goto(served.url);
  return page;
}

/** The stream looks once a second. */
const soon = { timeout: 10_000 };

const stateOf = (page: Page, name: string) => page.getByRole("row", { name }).locator(".state");

async function fail(name: string, times: number): Promise<void> {
  const call = protect(() => Promise.reject(new RangeError("no")), { name });
  for (let i = 0; i < times; i++) await call().catch(() => {});
}

test("the page is complete without a script, and its buttons work", async () => {
  circuits.register("payments");
  const page = await open({ javaScriptEnabled: false });
  expect(await stateOf(page, "payments").textContent()).toBe("closed");
  await page.getByRole("button", { name: "Open payments", exact: true }).click();
  await page.waitForURL(/\/protego\/?$/);
  expect(await stateOf(page, "payments").textContent()).toBe("open");
  expect(page.trouble).toEqual([]);
});

test("changes arrive by themselves, new circuits too", async () => {
  circuits.register("payments");
  const page = await open();
  await expect.poll(() => page.locator("#live").textContent(), soon).toBe("live");
  await fail("payments", 3);
  await fail("newcomer", 1);
  await expect.poll(() => stateOf(page, "payments").textContent(), soon).toBe("open");
  await expect.poll(() => stateOf(page, "newcomer").textContent(), soon).toBe("closed");
  expect(await page.locator("#log").textContent()).toContain("payments closed → open, by its calls");
  expect(await page.locator("#summary").textContent()).toMatch(/1\s*open/);
  expect(page.trouble).toEqual([]);
});

test("a command is asked about first, and done", async () => {
  circuits.register("payments");
  const page = await open();
  const button = page.getByRole("button", { name: "Open payments", exact: true });
  await button.click();
  expect(await page.getByRole("dialog").textContent()).toContain("Open payments?");
  await page.getByRole("button", { name: "Cancel" }).click();
  expect(circuits.get("payments")!.state).toBe("closed");
  await button.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Do it" }).click();
  await expect.poll(() => circuits.get("payments")!.state, soon).toBe("open");
  await expect.poll(() => stateOf(page, "payments").textContent(), soon).toBe("open");
  // Whoever stands on a button stays there.
  expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(page.trouble).toEqual([]);
});

test("hundreds of circuits are found and put in order", async () => {
  for (let i = 0; i < 300; i++) circuits.register(`tenant ${String(i).padStart(3, "0")}`);
  await fail("tenant 250", 3);
  const page = await open();
  await expect.poll(() => page.locator("tbody th").first().textContent(), soon).toContain("tenant 250");
  await page.getByLabel("Find").fill("TENANT 1");
  expect(await page.locator("tbody tr:visible").count()).toBe(100);
  await page.getByLabel("Find").fill("");
  await page.locator("#state").selectOption("open");
  expect(await page.locator("tbody tr:visible").count()).toBe(1);
  await page.locator("#state").selectOption("half-open");
  expect(await page.getByText("No circuit to show").isVisible()).toBe(true);
  await page.locator("#state").selectOption("");
  await page.getByLabel("Order").selectOption("name");
  expect(await page.locator("tbody th").first().textContent()).toContain("tenant 000");
  expect(page.trouble).toEqual([]);
});

test("hostile names do nothing", async () => {
  const names = [
    "<img src=x onerror=alert(1)>",
    `"><script>alert(2)</script>`,
    `' onmouseover='alert(3)`,
    "javascript:alert(4)",
    "</tr></table><iframe srcdoc='<script>parent.alert(5)</script>'>",
    "{{7*7}}${7*7}",
  ];
  for (const name of names) circuits.register(name);
  const page = await open();
  await expect.poll(() => page.locator("#live").textContent(), soon).toBe("live");
  // Once from the page itself, once more from the stream.
  for (const name of names) await fail(name, 3);
  await expect.poll(() => page.locator(".state.open").count(), soon).toBe(names.length);
  const shown = await page.locator("tbody .name").allTextContents();
  expect(shown.toSorted()).toEqual(names.toSorted());
  expect(await page.locator("tbody img, tbody script, tbody iframe, [onmouseover]").count()).toBe(0);
  await page.getByRole("button", { name: `Close ${names[0]}`, exact: true }).hover();
  expect(page.trouble).toEqual([]);
});

test("who is not authorised gets nothing", async () => {
  circuits.register("payments");
  const context = await browser.newContext({ httpCredentials: { username: "x", password: "guess" } });
  const page = await context.newPage();
  const response = await page.goto(served.url);
  expect(response!.status()).toBe(401);
  expect(await page.content()).not.toContain("payments");
});

test("another site's page cannot steer, even in the browser of who may", async () => {
  circuits.register("payments");
  const page = await open();
  const evil = await page.context().newPage();
  const address = `${served.url}/circuits/payments/open`;
  await evil.route("http://attacker.test/", (route) =>
    route.fulfill({
      contentType: "text/html",
      body: `<form method="post" action="${address}"><button>win</button></form>`,
    }),
  );
  await evil.goto("http://attacker.test/");
  const answered = evil.waitForResponse(address);
  await evil.getByRole("button").click();
  expect((await answered).status()).toBe(403);
  expect(circuits.get("payments")!.state).toBe("closed");
});

describe.each([
  ["a wall", 1600, 900],
  ["a laptop", 1280, 720],
  ["a tablet", 820, 1000],
  ["a phone", 375, 740],
])("on %s", (_on, width, height) => {
  test.each(["light", "dark"] as const)(
    "axe finds nothing in the %s page, and nothing overflows",
    async (colorScheme) => {
      await fail("payments", 3);
      await fail("a name without a place to break it".replaceAll(" ", "-").repeat(4), 1);
      circuits.register("forced").open({ forced: true });
      circuits.register("trying").halfOpen();
      const page = await open({ viewport: { width, height }, colorScheme });
      await expect.poll(() => page.locator("#live").textContent(), soon).toBe("live");
      // Injected past the page's policy, which forbids foreign scripts.
      const session = await page.context().newCDPSession(page);
      const evaluate = async (expression: string): Promise<unknown> => {
        const options = { expression, awaitPromise: true, returnByValue: true };
        return (await session.send("Runtime.evaluate", options)).result.value as unknown;
      };
      await evaluate(axe);
      const violations = await evaluate(
        "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map((node) => node.html + node.failureSummary)))",
      );
      expect(violations).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      await page.screenshot({ path: `test/.work/dashboard-${width}-${colorScheme}.png`, fullPage: true });
    },
  );
});
