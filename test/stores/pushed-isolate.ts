import { Redis } from "ioredis";
import { createClient } from "redis";
import { circuits, isCircuitOpenError, protect } from "../../src/index.ts";
import { redisPush, redisStore } from "../../src/redis.ts";

/** A process of its own with a circuit whose changes are pushed. It does what it is told, and answers. */
const [, , kind, port, push] = process.argv as [string, string, "ioredis" | "node-redis", string, string];

async function connected() {
  if (kind === "ioredis") {
    const client = new Redis(Number(port), "127.0.0.1", { retryStrategy: () => 20 });
    client.on("error", () => {});
    return { client, subscriber: client.duplicate().on("error", () => {}) };
  }
  const client = createClient({ url: `redis://127.0.0.1:${port}`, socket: { reconnectStrategy: 20 } });
  client.on("error", () => {});
  const subscriber = client.duplicate();
  subscriber.on("error", () => {});
  await Promise.all([client.connect(), subscriber.connect()]);
  return { client, subscriber };
}

const { client, subscriber } = await connected();
const store = redisStore(client as never, {
  prefix: "pushed",
  heartbeat: "1h",
  ...(push !== "none" && { push: redisPush(push === "both" ? (subscriber as never) : undefined) }),
});
let isUp = true;
const call = protect(() => (isUp ? Promise.resolve() : Promise.reject(new Error("down"))), {
  name: "shop",
  store,
  resetTimeout: "30s",
  timeout: "1s",
  quiet: true,
});

export type Order = "succeed" | "fail" | "look" | "open" | "close";

export interface Answer {
  readonly state: string;
  readonly isRefused: boolean;
  /** Sent to the store so far. */
  readonly requests: number;
}

process.on("message", (order: Order) => {
  void obey(order).then((answer) => process.send!(answer));
});
process.on("disconnect", () => process.exit());

async function obey(order: Order): Promise<Answer> {
  let isRefused = false;
  const circuit = circuits.get("shop");
  if (order === "open") circuit?.open();
  if (order === "close") circuit?.close();
  if (order === "succeed" || order === "fail") {
    isUp = order === "succeed";
    await call().catch((error: unknown) => (isRefused = isCircuitOpenError(error)));
  }
  const { answered, failed, timedOut } = store.inUse!.use().requests;
  return { state: circuits.get("shop")?.state ?? "none", isRefused, requests: answered + failed + timedOut };
}
