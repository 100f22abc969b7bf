import { Redis as UpstashRedis } from "@upstash/redis";
import { Redis } from "ioredis";
import type { Miniflare } from "miniflare";
import { Pool } from "pg";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recordLifeMs } from "../../src/core/fleet-record.ts";
import type { Store } from "../../src/core/store.ts";
import { compareAndSetStore, type KeptRecord } from "../../src/stores/compare-and-set-store.ts";
import { plainScript, upstashScript } from "../../src/stores/fleet-script.ts";
import { memoryStore } from "../../src/stores/memory-store.ts";
import { keyOf } from "../../src/stores/redis-command.ts";
import { plainSha, runnerOf } from "../../src/stores/redis-store.ts";
import { scriptStore } from "../../src/stores/script-store.ts";
import { upstashHttp } from "../../src/stores/upstash-http.ts";
import { clientRunner, upstashSha } from "../../src/stores/upstash-store.ts";
import { storeContract, type StoreContractOptions } from "../../src/testing.ts";
import { needsPostgres } from "../postgres-server/needs-postgres.ts";
import { type RunningPostgres, startPostgres } from "../postgres-server/start-postgres.ts";
import { worker } from "../runtimes/in-workerd.ts";
import { needsRedis } from "../upstash-server/needs-redis.ts";
import { type RunningRedis, startRedis } from "../upstash-server/start-redis.ts";
import { startUpstashServer, type UpstashServer } from "../upstash-server/upstash-server.ts";
import { recipe, sqlOfRecipe } from "./recipes.ts";

function keeps(open: () => Store | Promise<Store>, options: StoreContractOptions): void {
  test.each(storeContract(open, options))("$name", ({ run }) => expect(run()).resolves.toBeUndefined());
}

describe("the store in memory", () => {
  let now = 0;
  const store = memoryStore(() => now);
  keeps(() => store, { advance: (ms) => void (now += ms) });
});

describe("a store of compare and set, whose server takes its time", () => {
  let now = 0;
  let versions = 0;
  const rows = new Map<string, { record: string; version: number; writtenAt: number }>();
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const store = compareAndSetStore({
    async read(key): Promise<KeptRecord | undefined> {
      await turn();
      const row = rows.get(key);
      return row && { ...row, ageMs: now - row.writtenAt };
    },
    async write(key, record, read) {
      await turn();
      if (rows.get(key)?.version !== read?.version) return false;
      rows.set(key, { record, version: ++versions, writtenAt: now });
      return true;
    },
  });
  keeps(() => store, {
    advance: (ms) => void (now += ms),
    plant: (circuit, record) => void rows.set(circuit, { record, version: ++versions, writtenAt: now }),
  });
});

describe("a real Redis", () => {
  const hasRedis = needsRedis();
  const prefix = "contract";
  const plain = { text: plainScript, sha: plainSha };
  let redis: RunningRedis;
  let upstash: UpstashServer;
  let ends: Array<() => void> = [];
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

  const options: StoreContractOptions = {
    async advance(ms, circuit) {
      const key = keyOf(prefix, circuit);
      const left = Number(await redis.send("PTTL", key));
      // What is not there, and what has no end, does not grow older.
      if (left < 0) return;
      await (left > ms ? redis.send("PEXPIRE", key, left - ms) : redis.send("DEL", key));
    },
    plant: async (circuit, text) => {
      await redis.send("SET", keyOf(prefix, circuit), text, "PX", recordLifeMs);
    },
    newerRecord: "3|whatever comes",
  };

  describe("by ioredis", () => {
    keeps(() => {
      const client = new Redis(redis.port, "127.0.0.1");
      ends.push(() => client.disconnect());
      return scriptStore(runnerOf(client), plain, prefix);
    }, options);
  });

  describe("by node-redis", () => {
    keeps(async () => {
      const client = createClient({ url: redis.url });
      await client.connect();
      ends.push(() => client.destroy());
      return scriptStore(runnerOf(client as never), plain, prefix);
    }, options);
  });

  const ofUpstash = { text: upstashScript, sha: upstashSha };
  describe("by a client of Upstash's", () => {
    keeps(() => {
      const client = new UpstashRedis({ url: upstash.url, token: upstash.token });
      return scriptStore(clientRunner(client), ofUpstash, prefix);
    }, options);
  });

  describe("by the requests that upstashStore makes of the environment", () => {
    keeps(() => scriptStore(upstashHttp(upstash, 2000), ofUpstash, prefix), options);
  });
});

describe("Postgres, by the recipe of the documents", () => {
  const hasPostgres = needsPostgres();
  const pools: Pool[] = [];
  let postgres: RunningPostgres;
  beforeAll(async () => {
    if (!hasPostgres) return;
    postgres = await startPostgres();
    await database().query(sqlOfRecipe());
  });
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    await postgres?.stop();
  });

  function database(): Pool {
    const pool = new Pool({ connectionString: postgres.url });
    // The server may be gone before the last of its connections.
    pool.on("error", () => {});
    pools.push(pool);
    return pool;
  }

  keeps(
    async () => {
      recipe("lib/postgres-store.ts");
      const { listedPostgresStore } = (await import(recipe("lib/listed-postgres-store.ts"))) as {
        listedPostgresStore: (pool: Pool) => Store;
      };
      return listedPostgresStore(database());
    },
    {
      async advance(ms, circuit) {
        const older = "written_at = written_at - $2 * interval '1 millisecond'";
        await pools[0]!.query(`update protego_circuits set ${older} where circuit = $1`, [circuit, ms]);
      },
      async plant(circuit, text) {
        const planted = "record = $2, version = default";
        await pools[0]!.query(`update protego_circuits set ${planted} where circuit = $1`, [circuit, text]);
      },
    },
  );
});

describe("a Durable Object in workerd, by the recipe of the documents", () => {
  let miniflare: Miniflare;
  beforeAll(async () => {
    miniflare = await worker(
      `
      import { CircuitObject as Recipe, durableObjectStore } from ${JSON.stringify(recipe("worker/circuit-object.ts"))};
      export class CircuitObject extends Recipe {
        async older(ms) {
          const kept = await this.ctx.storage.get("circuit");
          if (kept) await this.ctx.storage.put("circuit", { ...kept, writtenAt: kept.writtenAt - ms });
        }
        plant(text) {
          return this.ctx.storage.put("circuit", { text, writtenAt: Date.now() });
        }
      }
      export default {
        async fetch(request, { CIRCUITS }) {
          const { asked, circuit, value } = await request.json();
          const object = CIRCUITS.get(CIRCUITS.idFromName(circuit));
          if (asked === "older") return Response.json(await object.older(value) ?? null);
          if (asked === "plant") return Response.json(await object.plant(value) ?? null);
          try {
            return Response.json(await durableObjectStore(CIRCUITS).step(circuit, value));
          } catch ({ name }) {
            return Response.json({ error: name });
          }
        },
      };
      `,

      { durableObjects: { CIRCUITS: { className: "CircuitObject", useSQLite: true } } },
    );
  });
  afterAll(() => miniflare.dispose());

  async function ask(asked: string, circuit: string, value: unknown): Promise<unknown> {
    const body = JSON.stringify({ asked, circuit, value });
    const answer = (await (
      await miniflare.dispatchFetch("http://worker/", { method: "POST", body })
    ).json()) as {
      error?: string;
    } | null;
    if (answer?.error) throw Object.assign(new Error("the worker's store rejected"), { name: answer.error });
    return answer;
  }

  keeps(() => ({ step: (circuit, request) => ask("step", circuit, request) as never }), {
    advance: async (ms, circuit) => void (await ask("older", circuit, ms)),
    plant: async (circuit, text) => void (await ask("plant", circuit, text)),
    // An object is made for each.
    histories: 10,
  });
});
