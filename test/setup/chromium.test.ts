import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findChromium } from "./find-chromium.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "chromium-"));
  vi.stubEnv("CHROMIUM_PATH", undefined);
  vi.stubEnv("PATH", folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function program(name: string, mode = 0o755): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, "#!/bin/sh\n");
  await chmod(path, mode);
  return path;
}

test("Chromium is found on the PATH, by whichever of its names", async () => {
  const path = await program("google-chrome");
  expect(findChromium()).toBe(path);
});

test("CHROMIUM_PATH comes first", async () => {
  await program("chromium");
  const told = await program("my-own-build");
  vi.stubEnv("CHROMIUM_PATH", told);
  expect(findChromium()).toBe(told);
});

test("what cannot be run, or is not there, is passed over", async () => {
  await program("chromium", 0o644);
  const path = await program("chromium-browser");
  vi.stubEnv("CHROMIUM_PATH", join(folder, "nothing"));
  expect(findChromium()).toBe(path);
});
