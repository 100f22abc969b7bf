import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { RedisConnection } from "./redis-connection.ts";
import { positionIn } from "./region.ts";
import { startRedis } from "./start-redis.ts";

/** A real replica that learns late. */
export interface Replica {
  readonly port: number;
  /** What is written from now on does not arrive, until `thaw`. */
  freeze(): void;
  thaw(): void;
  /** Resolves when all that is written by now can be read here. */
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a replica behind a wire on which the writes take `lagMs`. */
export async function startReplica(primaryPort: number, lagMs: number): Promise<Replica> {
  const wire = await startWire(primaryPort);
  const redis = await startRedis(["--repl-diskless-load", "swapdb"]);
  const primary = new RedisConnection(primaryPort);
  const caughtUp = async (): Promise<void> => {
    const target = positionIn(await primary.send("INFO", "replication"));
    const deadline = performance.now() + 30_000 + lagMs;
    for (;;) {
      const info = await redis.send("INFO", "replication");
      const isLinked = Buffer.isBuffer(info) && info.includes("master_link_status:up");
      if (isLinked && positionIn(info) >= target) return;
      if (performance.now() > deadline) throw new Error("the replica does not catch up: is it frozen?");
      await pause(5);
    }
  };
  await primary.send("CONFIG", "SET", "repl-diskless-sync", "yes");
  await primary.send("CONFIG", "SET", "repl-diskless-sync-delay", "0");
  await redis.send("REPLICAOF", "127.0.0.1", wire.port);
  await caughtUp();
  wire.lagMs = lagMs;
  return {
    port: redis.port,
    freeze: () => void (wire.isFrozen = true),
    thaw: () => wire.thaw(),
    caughtUp,
    async stop() {
      primary.close();
      wire.close();
      await redis.kill();
    },
  };
}

async function startWire(primaryPort: number) {
  const sockets = new Set<Socket>();
  let held: Array<() => void> = [];
  const wire = { port: 0, lagMs: 0, isFrozen: false, thaw, close };
  const server = createServer((replica) => {
    const primary = connect(primaryPort, "127.0.0.1");
    for (const [one, other] of [
      [replica, primary],
      [primary, replica],
    ] as const) {
      sockets.add(one);
      one.on("error", () => {});
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    replica.pipe(primary);
    primary.on("data", (chunk) => {
      const pass = (): void => void replica.write(chunk);
      const arrive = (): void => void (wire.isFrozen ? held.push(pass) : pass());
      if (wire.lagMs > 0) setTimeout(arrive, wire.lagMs).unref();
      else arrive();
    });
  });
  server.listen(0, "127.0.0.1").unref();
  await once(server, "listening");
  wire.port = (server.address() as AddressInfo).port;
  return wire;

  function thaw(): void {
    wire.isFrozen = false;
    for (const pass of held) pass();
    held = [];
  }

  function close(): void {
    server.close();
    for (const socket of sockets) socket.destroy();
  }
}
