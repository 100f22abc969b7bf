import { execFile } from "node:child_process";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { installed, installPackage } from "../next-app/harness/installed.ts";

interface Seen {
  readonly spans: string[];
  readonly refusal: string;
  readonly isTraced: boolean;
  readonly allowed: number;
  readonly refused: number;
}

describe("Sentry on Node beside protectFetch, in either order", async () => {
  const found = await installed("sentry", ["@sentry/node@11.8.0"]);
  if (!("missing" in found)) {
    await installPackage(found.folder);
    await cp(new URL("sentry/ordered.mjs", import.meta.url), join(found.folder, "ordered.mjs"));
  }

  test.for(["protego", "sentry"])(
    "%s first: the call that goes out has a span and a trace header, the refused one no span",
    async (first, { skip }) => {
      if ("missing" in found) return skip(found.missing);
      const { stdout } = await promisify(execFile)(process.execPath, ["ordered.mjs", first], {
        cwd: found.folder,
      });
      const { spans, ...seen } = JSON.parse(stdout.split("\n").at(-1)!) as Seen;
      expect(seen).toEqual({ refusal: "CircuitOpenError", isTraced: true, allowed: 1, refused: 1 });
      expect(spans.filter((name) => name.startsWith("GET 127.0.0.1"))).toHaveLength(1);
      expect(spans).toEqual(expect.arrayContaining(["the call that goes out", "the refused call"]));
    },
  );
});
