import { execFileSync, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { findNode20 } from "../runtimes/node-20.ts";

const guard = fileURLToPath(new URL("node-version.ts", import.meta.url));

test("an old Node is told in one line to go through npm", async ({ skip }) => {
  const node20 = await findNode20();
  if (node20.path === undefined) return skip(node20.reason);
  const { outputFiles } = await build({ entryPoints: [guard], bundle: true, write: false, platform: "node" });
  const run = spawnSync(node20.path, ["-e", outputFiles[0]!.text], { encoding: "utf8" });
  expect(run.status).toBe(1);
  expect(run.stderr).toMatch(
    /^The tests need Node 22 or newer, this is 20\.[\d.]+: run them through npm.*\n$/,
  );
});

test("the pinned Node passes", () => {
  expect(execFileSync(process.execPath, [guard], { encoding: "utf8" })).toBe("");
});
