import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findRedis } from "../upstash-server/find-redis.ts";
import { howToGetRedis } from "../upstash-server/provide-redis.ts";
import { type RunningRedis, startRedis } from "../upstash-server/start-redis.ts";
import { startUpstashServer, type UpstashServer } from "../upstash-server/upstash-server.ts";
import { differences } from "./homes/differences.ts";
import { homes } from "./homes/homes.ts";
import { createProject, type Project } from "./homes/project.ts";
import type { Upstream } from "./suite/check.ts";
import { checks, type Result } from "./suite/perform.ts";
import { type RunningUpstream, startUpstream } from "./upstream.ts";

let project: Project;
let redis: RunningRedis | undefined;
let upstash: UpstashServer | undefined;
let database: Upstream["database"] = { missing: `no Redis server. ${howToGetRedis}` };

beforeAll(async () => {
  project = await createProject();
  if (!findRedis()) return;
  redis = await startRedis();
  upstash = await startUpstashServer({ redis });
  database = { url: upstash.url, token: upstash.token, port: redis.port };
}, 180_000);
afterAll(async () => {
  await upstash?.stop();
  await redis?.stop();
  await project?.remove();
});

describe.each(homes)("in $name", ({ name: home, perform, missing }) => {
  let upstream: RunningUpstream | undefined;
  let results: Map<string, Result>;

  beforeAll(async () => {
    if (missing !== undefined) return;
    upstream = await startUpstream(database);
    // Without its function, which no message carries.
    const { url, otherUrl, refusedUrl } = upstream;
    const performed = await perform(project, { url, otherUrl, refusedUrl, database });
    results = new Map(performed.map((result) => [result.name, result]));
  }, 400_000);
  afterAll(() => upstream?.close());

  test.for(checks.map(({ name }) => name))("%s", (name, { skip }) => {
    if (missing !== undefined) skip(missing);
    const { ok, skipped, error } = results.get(name)!;
    const difference = differences.find((one) => one.home.test(home) && one.check.test(name));
    if (skipped !== undefined) skip(skipped);
    // One that has gone must leave the table.
    const why = difference?.why;
    expect({ ok, why, error: why ? undefined : error }).toEqual({ ok: !why, why });
  });
});

test("there are at least 150 checks, each with a name of its own", () => {
  expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
  expect(checks.length).toBeGreaterThanOrEqual(150);
});

test("docs/runtimes.md tells every difference, and how many checks there are", async () => {
  const text = await readFile(new URL("../../docs/runtimes.md", import.meta.url), "utf8");
  for (const { why } of differences) expect(text).toContain(why);
  expect(text).toContain(`One suite of ${checks.length} checks`);
});
