import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis as UpstashRedis } from "@upstash/redis";
import { Cluster, Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recordLifeMs } from "../../src/core/fleet-record.ts";
import type { Store } from "../../src/core/store.ts";
import { commandFleet } from "../../src/operations/command-fleet.ts";
import { plainScript, upstashScript } from "../../src/stores/fleet-script.ts";
import { hintFrom } from "../../src/stores/hint.ts";
import { memoryStore } from "../../src/stores/memory-store.ts";
import { keyOf } from "../../src/stores/redis-command.ts";
import { plainSha, runnerOf } from "../../src/stores/redis-store.ts";
import { scriptStore } from "../../src/stores/script-store.ts";
import { upstashHttp } from "../../src/stores/upstash-http.ts";
import { clientRunner, upstashSha } from "../../src/stores/upstash-store.ts";
import { needsRedis } from "../upstash-server/needs-redis.ts";
import { type RunningRedis, startRedis } from "../upstash-server/start-redis.ts";
import { startUpstashServer, type UpstashServer } from "../upstash-server/upstash-server.ts";
import { fleetPolicy } from "./fleet-policy.ts";

const policy = fleetPolicy;
const command = {
  type: "open",
  isForced: false,
  by: "ada",
  why: "deploy",
  at: 1_000,
  openMs: 60_000,
} as const;
const hostile = ["__proto__", "a*b{c}", "\u0000\n", "../..", "%7B", "日本", "x".repeat(512), ""];

/** What every store must show of what has been done to it. */
function lists(open: () => Store | Promise<Store>): void {
  test("everything that is kept, with its times, votes, trials and commands", async () => {
    const store = await open();
    const report = (reporter: number, sequence: number, run: number) =>
      store.step("search", { ...policy, type: "report", reporter, sequence, run, seen: -1 });
    await report(35, 1, 1);
    await report(36, 1, 2);
    await store.note!({ about: "isolate", reporter: 36, label: "fra1" });
    await commandFleet(store, "payments", command);
    await commandFleet(store, "mail", { ...command, isForced: true, by: undefined, why: undefined });
    await store.step("tax", { ...policy, type: "half-open" });
    await store.step("tax", { ...policy, type: "lease", token: 9, leaseMs: 20_000, isAlone: false });

    const { circuits, isCutShort, isolates } = await store.list!(100);
    const of = (name: string) => circuits.find(({ circuit }) => circuit === name)!;
    expect(circuits.map(({ circuit }) => circuit).toSorted()).toEqual(["mail", "payments", "search", "tax"]);
    expect(isCutShort).toBe(false);
    expect(of("search").record).toMatchObject({ isOpen: false, isForced: false });
    expect(isolates.get(36)).toBe("fra1");
    const { record } = of("search");
    if (typeof record === "string") throw new TypeError(record);
    expect(record.votes.map(({ reporter, run }) => [reporter, run])).toEqual([
      [35, 1],
      [36, 2],
    ]);
    for (const { ageMs } of record.votes) expect(ageMs).toBeGreaterThanOrEqual(0);
    expect(of("payments")).toMatchObject({ record: { isOpen: true, generation: 1, trips: 1 } });
    expect(of("payments").command).toEqual({
      type: "open",
      isForced: false,
      by: "ada",
      why: "deploy",
      at: 1000,
    });
    expect(of("mail")).toMatchObject({
      record: { isOpen: true, isForced: true },
      command: { isForced: true },
    });
    expect(of("tax")).toMatchObject({ record: { isOpen: true, leases: [{ token: 9 }] } });
    const { restMs } = of("payments").record as { restMs: number };
    expect(restMs).toBeGreaterThan(50_000);
    expect(restMs).toBeLessThanOrEqual(60_000);
  });

  test("any name, and no more than are asked for", async () => {
    const store = await open();
    for (const name of hostile) await commandFleet(store, name, command);
    const all = await store.list!(1000);
    expect(all.circuits.map(({ circuit }) => circuit)).toEqual(expect.arrayContaining(hostile));
    const few = await store.list!(3);
    expect(few.circuits).toHaveLength(3);
    expect(few.isCutShort).toBe(true);
  });
}

describe("a store in memory lists", () => {
  lists(() => memoryStore());

  test("what time has made of it", async () => {
    let now = 0;
    const store = memoryStore(() => now);
    await commandFleet(store, "payments", command);
    now = 61_000;
    expect((await store.list!(10)).circuits[0]!.record).toMatchObject({ restMs: -1000 });
    now = recordLifeMs;
    expect((await store.list!(10)).circuits).toEqual([]);
  });
});

describe("a store behind a hint lists", () => {
  const hint = hintFrom({ get: () => Promise.resolve(null), set: () => Promise.resolve() });
  lists(() => hint(memoryStore()));
});

describe("a real Redis lists", () => {
  const hasRedis = needsRedis();
  let redis: RunningRedis;
  let upstash: UpstashServer;
  const ends: Array<() => void> = [];
  const plain = { text: plainScript, sha: plainSha };
  const ofUpstash = { text: upstashScript, sha: upstashSha };
  let prefixes = 0;
  const fresh = (): string => `list${++prefixes}`;
  beforeAll(async () => {
    if (!hasRedis) return;
    redis = await startRedis();
    upstash = await startUpstashServer({ redis });
  });
  afterAll(async () => {
    for (const end of ends) end();
    await upstash?.stop();
    await redis?.stop();
  });

  function overIoredis(prefix: string): Store {
    const client = new Redis(redis.port, "127.0.0.1");
    ends.push(() => client.disconnect());
    return scriptStore(runnerOf(client), plain, prefix);
  }

  describe("by ioredis", () => {
    lists(() => overIoredis(fresh()));
  });
  describe("by node-redis", () => {
    lists(async () => {
      const client = createClient({ url: redis.url });
      await client.connect();
      ends.push(() => client.destroy());
      return scriptStore(runnerOf(client as never), plain, fresh());
    });
  });
  describe("by a client of Upstash's", () => {
    lists(() => {
      const client = new UpstashRedis({ url: upstash.url, token: upstash.token });
      return scriptStore(clientRunner(client), ofUpstash, fresh());
    });
  });
  describe("by requests of its own", () => {
    lists(() => scriptStore(upstashHttp(upstash, 5000), ofUpstash, fresh()));
  });

  test("nothing of another prefix, of another app, or of its notes", async () => {
    const prefix = fresh();
    await redis.send("SET", `${prefix}9:{theirs}`, "1|1|1|0|0|0|0||");
    await redis.send("SET", `${prefix}-command:{theirs}`, "{}");
    await redis.send("SET", "session:1", "{}");
    await commandFleet(overIoredis(prefix), "ours", command);
    const { circuits } = await overIoredis(prefix).list!(10);
    expect(circuits.map(({ circuit }) => circuit)).toEqual(["ours"]);
  });

  test("what it cannot read as such, and hides nothing else", async () => {
    const prefix = fresh();
    for (const [name, text] of [
      ["newer", "3|whatever"],
      ["rubbish", "hello"],
      ["empty", ""],
      ["long", `1|1|1|0|0|0|0|${"1:1:1:1;".repeat(2000)}|`],
    ]) {
      await redis.send("SET", keyOf(prefix, name!), text!);
    }
    await redis.send("SET", `${prefix}:{%E0}`, "no encoding of anything");
    await redis.send("HSET", keyOf(prefix, "hash"), "a", "1");
    await redis.send("SET", `${prefix}-command:{newer}`, '{"type":"explode","at":1}');
    await commandFleet(overIoredis(prefix), "ours", command);
    const { circuits } = await overIoredis(prefix).list!(10);
    expect(Object.fromEntries(circuits.map(({ circuit, record }) => [circuit, record]))).toMatchObject({
      newer: "newer",
      rubbish: "unreadable",
      empty: "unreadable",
      long: "unreadable",
      ours: { isOpen: true },
    });
    expect(circuits.find(({ circuit }) => circuit === "newer")!.command).toBeUndefined();
  });

  test("a thousand circuits for a few commands, among a hundred thousand other keys for no more than fifty", async () => {
    const prefix = fresh();
    await redis.send(
      "EVAL",
      `for i = 1, 1000 do redis.call('SET', ARGV[1] .. ':{c' .. i .. '}', '1|5|0|0|0|0|0||') end
       for i = 1, 100000 do redis.call('SET', 'session:' .. i, 'x') end`,
      "0",
      prefix,
    );
    const store = overIoredis(prefix);
    const { circuits, isCutShort, commands } = await store.list!(2000);
    expect(commands).toBeLessThanOrEqual(50 + 10);
    expect(isCutShort).toBe(true);
    expect(circuits.length).toBeLessThan(1000);
  });

  test("a cluster, over ioredis", async () => {
    const folder = await mkdtemp(join(tmpdir(), "next-protego-cluster-"));
    ends.push(() => rmSync(folder, { recursive: true, force: true }));
    const one = await startRedis([
      "--cluster-enabled",
      "yes",
      "--cluster-announce-ip",
      "127.0.0.1",
      "--dir",
      folder,
    ]);
    ends.push(() => void one.stop());
    await one.send("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
    const info = () => one.send("CLUSTER", "INFO");
    await expect.poll(info, { timeout: 20_000 }).toSatisfy((text) => `${text}`.includes("cluster_state:ok"));
    const cluster = new Cluster([{ port: one.port, host: "127.0.0.1" }]);
    ends.push(() => cluster.disconnect());
    const store = scriptStore(runnerOf(cluster as never), plain, "c");
    for (const name of hostile) await commandFleet(store, name, command);
    // A key of another kind must not hide the others.
    await one.send("HSET", "c:{of another kind}", "field", "value");
    const { circuits } = await store.list!(100);
    expect(circuits.map(({ circuit }) => circuit)).toEqual(expect.arrayContaining(hostile));
    expect(circuits.every(({ command: given }) => given?.by === "ada")).toBe(true);
  });
});
