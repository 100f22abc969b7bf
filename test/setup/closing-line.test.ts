import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const here = fileURLToPath(new URL(".", import.meta.url));
const nodeModules = join(here, "../../node_modules");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "closing-line-"));
  await symlink(nodeModules, join(folder, "node_modules"));
});
afterEach(() => rm(folder, { recursive: true }));

/** What a run of these test files prints, with the reporter after the default one. */
async function outputOf(files: Record<string, string>): Promise<string> {
  for (const [name, source] of Object.entries(files)) {
    await writeFile(join(folder, name), `import { test, expect } from "vitest";\n${source}`);
  }
  const vitest = join(nodeModules, "vitest/vitest.mjs");
  const reporters = ["--reporter=default", `--reporter=${join(here, "closing-line.ts")}`];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [vitest, "run", "--root", folder, ...reporters],
      { env: { ...process.env, NO_COLOR: "1" }, cwd: folder },
      (_, stdout) => resolve(stdout),
    );
  });
}

const passing = `test("passes", () => {});`;

test.for([
  { what: "a good run", files: { "a.test.ts": passing }, last: "1 passed, 0 failed" },
  {
    what: "a failing test",
    files: { "a.test.ts": `${passing} test("fails", () => expect(1).toBe(2));` },
    last: "1 passed, 1 failed",
  },
  {
    what: "a file that does not load",
    files: { "a.test.ts": passing, "b.test.ts": `throw new Error("broken");` },
    last: "1 passed, 1 failed",
  },
  {
    what: "an error outside of any test",
    files: { "a.test.ts": `test("passes", () => void Promise.reject(new Error("lost")));` },
    last: "1 passed, 1 failed",
  },
  {
    what: "skipped tests",
    files: {
      "a.test.ts": `${passing}
        test("needs a browser", ({ skip }) => skip("no Chromium"));
        test.skip("is left out", () => {});`,
    },
    last: "1 passed, 0 failed, 2 skipped",
    reasons: ["needs a browser: no Chromium", "is left out: no reason given"],
  },
])("the last line of $what says how it went", async ({ files, last, reasons = [] }) => {
  const lines = (await outputOf(files)).trimEnd().split("\n");
  expect(lines.at(-1)).toBe(last);
  for (const reason of reasons) expect(lines).toContain(`  a.test.ts > ${reason}`);
});
