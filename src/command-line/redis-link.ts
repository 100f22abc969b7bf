import { connect, isIP, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import type { RedisCommand } from "../stores/redis-listing.ts";
import type { ScriptRunner } from "../stores/script-store.ts";
import { encoded, RedisError, type Reply, ReplyReader } from "./resp.ts";

/** One connection to a Redis server, for as long as a command of ours runs. */
export interface RedisLink extends ScriptRunner {
  /** Whether this is one server of a cluster: then others keep circuits, too. */
  isOfCluster(): Promise<boolean>;
  close(): void;
}

interface Waiting {
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

const storeTimeoutMs = 5000;

/**
 * Connects to the server of a URL: `redis://user:password@host:port/database`, `rediss://` over TLS. No command waits
 * longer than five seconds for its answer.
 *
 * @throws {TypeError} when it is no such URL
 */
export function redisLink(address: string): RedisLink {
  const greeting = greetingOf(address);
  const url = new URL(address);
  const host = url.hostname.replace(/^\[|\]$/g, "") || "127.0.0.1";
  const port = Number(url.port || 6379);
  const waiting: Waiting[] = [];
  let ready: Promise<Socket> | undefined;

  /** A connection that knows who we are and which database is meant: nothing may be sent to another one. */
  async function open(): Promise<Socket> {
    const isSecure = url.protocol === "rediss:";
    const socket = isSecure
      ? connectSecurely({ host, port, ...(!isIP(host) && { servername: host }) })
      : connect({ host, port });
    const reader = new ReplyReader();
    const fail = (error: Error): void => {
      socket.destroy();
      ready = undefined;
      for (const each of waiting.splice(0)) each.reject(error);
    };
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => {
      try {
        for (const reply of reader.push(chunk)) waiting.shift()?.resolve(reply);
      } catch (error) {
        fail(error as Error);
      }
    });
    socket.on("error", fail);
    socket.on("close", () => fail(new TypeError("the connection was closed")));
    try {
      await Promise.all(greeting.map((command) => exchange(socket, command)));
    } catch (error) {
      fail(error as Error);
      throw error;
    }
    return socket;
  }

  async function exchange(socket: Socket, command: readonly string[]): Promise<Reply> {
    let late: ReturnType<typeof setTimeout> | undefined;
    try {
      const reply = await new Promise<Reply>((resolve, reject) => {
        late = setTimeout(() => socket.destroy(new TypeError("no answer in five seconds")), storeTimeoutMs);
        waiting.push({ resolve, reject });
        socket.write(encoded(command));
      });
      if (reply instanceof RedisError) throw reply;
      return reply;
    } finally {
      clearTimeout(late);
    }
  }

  async function ask(command: readonly string[]): Promise<Reply> {
    return exchange(await (ready ??= open()), command);
  }

  const send = (commands: readonly RedisCommand[]): Promise<Reply[]> => Promise.all(commands.map(ask));
  return {
    runBySha: (sha, keys, args) => ask(["EVALSHA", sha, String(keys.length), ...keys, ...args]),
    runByText: (script, keys, args) => ask(["EVAL", script, String(keys.length), ...keys, ...args]),
    plain: { send },
    isOfCluster: () =>
      ask(["INFO", "cluster"]).then(
        (info) => String(info).includes("cluster_enabled:1"),
        () => false, // who may not know is not told
      ),
    close: () => void ready?.then((socket) => socket.destroy()).catch(() => {}),
  };
}

/** Who we are, and which database is meant. */
function greetingOf(address: string): string[][] {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const database = url?.pathname.slice(1) ?? "";
  const isEncoded = !/%(?![\da-f]{2})/i.test(`${url?.username}${url?.password}`);
  if (!url || !/^rediss?:$/.test(url.protocol) || !/^\d*$/.test(database) || !isEncoded) {
    // The address may hold a password: it is not quoted.
    throw new TypeError(
      'the address must be a URL such as "redis://user:password@host:6379/0", or rediss:// for TLS; special characters of the password as %40',
    );
  }
  const [user, password] = [url.username, url.password].map(decodeURIComponent) as [string, string];
  return [
    ...(password === "" ? [] : [["AUTH", ...(user === "" ? [] : [user]), password]]),
    ...(database === "" || database === "0" ? [] : [["SELECT", database]]),
  ];
}
