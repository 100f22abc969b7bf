import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noChromium, recoverByClick, startChromium } from "../next-app/harness/recovery.ts";
import { command, get, type Row } from "./row.ts";

export function inTheBrowser(row: () => Row): void {
  describe("a page whose circuit was open", () => {
    let chrome: Browser | undefined;
    beforeAll(async () => {
      chrome = await startChromium();
    }, 60_000);
    afterAll(() => chrome?.close());

    test("answers 500, and error.tsx recognises the refusal", async () => {
      await command(row(), "broken", "open");
      const response = await get(row(), "/broken");
      expect(response.status).toBe(500);
      expect(await response.text()).toMatch(/PROTEGO_CIRCUIT_OPEN;broken;\d+/);
    });

    test.for([
      ["loaded", "/broken", undefined],
      ["loaded, its error thrown late inside Suspense", "/broken/late", undefined],
      ["reached by a link", "/broken", "/static"],
    ] as const)("%s, is there after one click once it has healed", async ([, path, from], { skip }) => {
      if (!chrome) return skip(noChromium);
      const { url } = row().server;
      await command(row(), "broken", "open");
      const heal = (): Promise<void> => command(row(), "broken", "reset");
      const broken = { url: url + path, ...(from && { from: url + from }), heal };
      expect(await recoverByClick(chrome, broken)).toMatch(/^answer \d+ of \/broken$/);
    });
  });
}
