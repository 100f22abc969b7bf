import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { createProtectedFetch } from "../../src/index.ts";
import { resetCircuits } from "../../src/testing.ts";
import { rejectionOf } from "../http/rejection-of.ts";
import { root } from "../package/packed.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  resetCircuits();
});

test("the line that docs/getting-started.md shows is the one of the console", async () => {
  const said = vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.stubEnv("NODE_ENV", "development");
  const origin = "http://localhost:9999";
  const refused = () => Promise.reject(new TypeError("fetch failed"));
  const fetch = createProtectedFetch({ fetch: refused });
  for (let call = 0; call < 3; call++) {
    // oxlint-disable-next-line no-await-in-loop
    await rejectionOf(fetch(origin));
  }
  const [line] = said.mock.calls.at(-1)!;
  expect(readFileSync(join(root, "docs/getting-started.md"), "utf8")).toContain(`\n${line}\n`);
});
