import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findPostgres } from "../postgres-server/find-postgres.ts";
import postgres from "./postgres.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "postgres-"));
  vi.stubEnv("POSTGRES_BIN_PATH", undefined);
  vi.stubEnv("PATH", folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function program(path: string, { mode = 0o755, body = "" } = {}): Promise<void> {
  await writeFile(join(folder, path), `#!/bin/sh\n${body}\n`);
  await chmod(join(folder, path), mode);
}

test("a Postgres server is found on the PATH, where both of its programs are", async () => {
  await program("postgres");
  expect(findPostgres()).not.toBe(folder);
  await program("initdb");
  expect(findPostgres()).toBe(folder);
});

test("POSTGRES_BIN_PATH comes first", async () => {
  await Promise.all([program("postgres"), program("initdb"), mkdir(join(folder, "own"))]);
  await Promise.all([program("own/postgres"), program("own/initdb")]);
  vi.stubEnv("POSTGRES_BIN_PATH", join(folder, "own"));
  expect(findPostgres()).toBe(join(folder, "own"));
});

test("a server that is found is told to the tests, and nothing is installed", async () => {
  await Promise.all([program("postgres"), program("initdb")]);
  await program("apt-get", { body: `echo "$@" >> ${folder}/apt` });
  postgres();
  expect(process.env.POSTGRES_BIN_PATH).toBe(folder);
  await expect(readFile(join(folder, "apt"), "utf8")).rejects.toThrow("ENOENT");
});
