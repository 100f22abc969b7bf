import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findRedis } from "../upstash-server/find-redis.ts";
import redis from "./redis.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "redis-"));
  vi.stubEnv("REDIS_SERVER_PATH", undefined);
  vi.stubEnv("PATH", folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

async function program(name: string, { mode = 0o755, body = "" } = {}): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, mode);
  return path;
}

test("a Redis server is found on the PATH, by either of its names", async () => {
  const path = await program("valkey-server");
  expect(findRedis()).toBe(path);
});

test("REDIS_SERVER_PATH comes first", async () => {
  await program("redis-server");
  const told = await program("my-own-build");
  vi.stubEnv("REDIS_SERVER_PATH", told);
  expect(findRedis()).toBe(told);
});

test("what cannot be run, or is not there, is passed over", async () => {
  await program("redis-server", { mode: 0o644 });
  const path = await program("valkey-server");
  vi.stubEnv("REDIS_SERVER_PATH", join(folder, "nothing"));
  expect(findRedis()).toBe(path);
});

test("a server that is found is told to the tests, and nothing is installed", async () => {
  const path = await program("redis-server");
  await program("apt-get", { body: `echo "$@" >> ${folder}/apt` });
  redis();
  expect(process.env.REDIS_SERVER_PATH).toBe(path);
  await expect(readFile(join(folder, "apt"), "utf8")).rejects.toThrow("ENOENT");
});
