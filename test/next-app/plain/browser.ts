import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { App } from "../harness/app.ts";
import { noChromium, recoverByClick, startChromium } from "../harness/recovery.ts";

export function browser(app: () => App): void {
  const digest = /PROTEGO_CIRCUIT_OPEN;\/broken-page;\d+/;

  test("the digest of a refusal in a page is in the HTML, its message is not", async () => {
    await app().command("/broken-page", "open");
    const response = await app().get("/broken");
    const html = await response.text();
    expect(response.status).toBe(500);
    expect(html).toMatch(digest);
    expect(html).not.toContain("the call was not made");
  });

  let chrome: Browser | undefined;
  beforeAll(async () => {
    chrome = await startChromium();
  }, 60_000);
  afterAll(() => chrome?.close());

  test.for([
    ["thrown by a page", "/broken"],
    ["thrown late, inside Suspense", "/broken/late"],
  ] as const)("error.tsx recognises a refusal %s", async ([, path], { skip }) => {
    if (!chrome) return skip(noChromium);
    await app().command("/broken-page", "open");
    const page = await chrome.newPage();
    await page.goto(app().server.url + path);
    expect(await page.getByText("recognised").textContent()).toMatch(digest);
    await page.close();
  });

  test.for(["/broken", "/broken/late"])(
    "one click on `retry` shows %s after healing",
    async (path, { skip }) => {
      if (!chrome) return skip(noChromium);
      await app().command("/broken-page", "open");
      const heal = (): Promise<void> => app().command("/broken-page", "reset");
      const shown = await recoverByClick(chrome, { url: app().server.url + path, heal });
      expect(shown).toMatch(/^answer \d+ of \/broken-page$/);
    },
  );

  test("the caller of a server action recognises a refusal", async ({ skip }) => {
    if (!chrome) return skip(noChromium);
    await app().command("/action", "open");
    const page = await chrome.newPage();
    await page.goto(`${app().server.url}/action`);
    await page.getByRole("button").click();
    await page.getByText("refused").waitFor();
    expect(await page.locator("output").textContent()).toMatch(/PROTEGO_CIRCUIT_OPEN;\/action;\d+/);
    await page.close();
  });
}
