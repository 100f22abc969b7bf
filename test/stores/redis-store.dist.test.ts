import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { circuits, isCircuitOpenError, protect } from "../../src/index.ts";
import { redisStore } from "../../src/redis.ts";
import { keyOf } from "../../src/stores/redis-command.ts";
import { resetCircuits } from "../../src/testing.ts";
import { needsRedis } from "../upstash-server/needs-redis.ts";
import { type RunningRedis, startRedis } from "../upstash-server/start-redis.ts";

const hasRedis = needsRedis();
let server: RunningRedis;
beforeAll(async () => {
  if (hasRedis) server = await startRedis();
});
afterAll(() => server?.stop());
beforeEach(resetCircuits);

const rest = () => new Promise((resolve) => setTimeout(resolve, 20));

describe.each([
  [
    "ioredis",
    async () => {
      const client = new Redis(server.port, "127.0.0.1");
      return { client, end: () => client.disconnect() };
    },
  ],
  [
    "node-redis",
    async () => {
      const client = createClient({ url: server.url });
      await client.connect();
      return { client, end: () => client.destroy() };
    },
  ],
])("over %s", (kind, connect) => {
  test("isolates share what they know, trials and commands too", async () => {
    const { client, end } = await connect();
    const name = `over ${kind}`;
    const isolate = () => {
      resetCircuits();
      return protect(() => Promise.reject(new Error("down")), {
        name,
        store: redisStore(client as never),
        resetTimeout: "200ms",
        halfOpenRetries: 1,
        timeout: "1s",
      });
    };
    for (let each = 0; each < 2; each++) {
      const run = isolate();
      for (let i = 0; i < 3; i++) {
        await run().catch(() => {});
        await rest();
      }
    }
    const third = isolate();
    await expect(third()).rejects.toSatisfy(isCircuitOpenError);
    await expect.poll(() => circuits.get(name)!.state).toBe("half-open");
    await expect(third()).rejects.toThrow("down");
    await rest();
    circuits.get(name)!.close();
    await rest();
    const fourth = isolate();
    await expect(fourth()).rejects.toThrow("down");
    end();
  });
});

test("circuits of any name stay behind their own key, in one slot", async () => {
  const names = ["a", "a}b", "{", "日本", "x y\r\nSET z 1", "*", ":"];
  const keys = names.map((name) => keyOf("protego", name));
  expect(new Set(keys).size).toBe(names.length);
  for (const key of keys) expect(key).toMatch(/^protego:\{[^{}\s]*\}$/);
});

test.each([[undefined], [null], [{}], ["redis://localhost"], [7]])("%j is no client", (client) => {
  expect(() => redisStore(client as never)).toThrow(/"client" must be a client of ioredis or node-redis/);
});

test("a client that fails keeps nobody from calling", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const broken = {
    evalsha: () => Promise.reject(new Error("no")),
    eval: () => Promise.reject(new Error("no")),
  };
  const run = protect(() => Promise.resolve(1), { name: "broken client", store: redisStore(broken) });
  expect(await run()).toBe(1);
  expect(circuits.get("broken client")!.snapshot().degraded).toBe(true);
  vi.restoreAllMocks();
});
