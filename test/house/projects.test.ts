import { globSync } from "node:fs";
import { relative } from "node:path";
import { expect, test } from "vitest";
import { createVitest } from "vitest/node";
import { root } from "../package/packed.ts";

test("every test file belongs to one project, and only one", async () => {
  const vitest = await createVitest("test", { watch: false, root, reporters: [] });
  try {
    const specifications = await vitest.globTestSpecifications();
    const found = specifications.map(({ moduleId }) => relative(root, moduleId)).toSorted();
    const files = globSync("test/**/*.test.ts", {
      cwd: root,
      exclude: (name) => ["fixtures", ".work", "node_modules"].includes(String(name)),
    });
    expect(found).toEqual(files.toSorted());
  } finally {
    await vitest.close();
  }
});
