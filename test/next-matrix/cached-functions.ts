import { describe, expect, test } from "vitest";
import { circuit, command, get, type Row, type Version } from "./row.ts";

/** Next 15 gives what is thrown inside a cached function another digest: only the request knows of the refusal. */
export function cachedFunctions({ extras }: Version, row: () => Row): void {
  if (!extras.includes("use-cache")) return;
  describe('a refusal inside "use cache"', () => {
    test("has lost its digest, so nothing but the note of the request can tell", async () => {
      await command(row(), "shop", "open");
      const html = await (await get(row(), "/cached")).text();
      expect(html).toMatch(/digest/);
      expect(html).not.toContain("PROTEGO_CIRCUIT_OPEN");
      const { digest, link } = await (await get(row(), "/api/cached/error")).json();
      expect([typeof digest, digest.startsWith("PROTEGO"), link]).toEqual(["string", false, false]);
    });

    test("makes the route answer 503, uncounted", async () => {
      await command(row(), "shop", "open");
      for (let call = 0; call < 4; call++) {
        const refused = await get(row(), "/api/cached");
        expect(refused.status).toBe(503);
        expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(30);
      }
      expect(await circuit(row(), "GET /api/cached")).toMatchObject({
        state: "closed",
        totals: { failed: 0 },
      });
      expect(row().upstream.hits("/cached")).toBe(0);
    });

    test("is seen by error.tsx where the page reveals it", async () => {
      await command(row(), "shop", "open");
      const html = await (await get(row(), "/cached/revealed")).text();
      expect(html).toMatch(/PROTEGO_CIRCUIT_OPEN;shop;\d+/);
    });
  });
}
