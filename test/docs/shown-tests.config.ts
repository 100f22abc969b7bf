import { defineConfig } from "vitest/config";

/** For the tests that the documents show: they stand in no file of their own. */
export default defineConfig({
  test: { include: JSON.parse(process.env.SHOWN_TESTS ?? "[]") as string[] },
});
