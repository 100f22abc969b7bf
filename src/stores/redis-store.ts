import type { SharedStore } from "../breaker/shared-store.ts";
import { anObject, invalid, optionalFunction } from "../core/option.ts";
import type { Store } from "../core/store.ts";
import { shareStore, type SharingOptions, sharingOptions } from "../sharing/share-store.ts";
import { plainScript } from "./fleet-script.ts";
import type { StoreHint } from "./hint.ts";
import { checkedPrefix } from "./key-prefix.ts";
import type { SendCommands } from "./redis-listing.ts";
import type { RedisPush } from "./redis-push.ts";
import { type ScriptRunner, scriptStore } from "./script-store.ts";

export interface RedisStoreOptions extends SharingOptions {
  /**
   * First part of the keys: one for each app that shares the database.
   *
   * @default "protego"
   */
  prefix?: string | undefined;
  /**
   * Word of a place nearer than the database, for isolates that live for few calls: `hintFrom(cacheApi())` of
   * `next-protego/store`.
   */
  hint?: StoreHint | undefined;
  /**
   * Openings, closings and commands arrive as they happen: `redisPush(client.duplicate())`. For servers that live long.
   *
   * @default none: they are learnt with the next failure or heartbeat
   */
  push?: RedisPush | undefined;
}

/** `ioredis`, as far as it is needed. */
export interface IoredisLike {
  evalsha(sha: string, keyCount: number, ...args: string[]): Promise<unknown>;
  eval(script: string, keyCount: number, ...args: string[]): Promise<unknown>;
  /** For the fleet's page and `next-protego` only. */
  call?(command: string, ...args: string[]): Promise<unknown>;
  /** Of a cluster: its servers. */
  nodes?(role: "master"): readonly { call(command: string, ...args: string[]): Promise<unknown> }[];
}

/** `node-redis`, as far as it is needed. */
export interface NodeRedisLike {
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  /** For the fleet's page and `next-protego` only. A cluster's has another form: it cannot list. */
  sendCommand?(args: string[]): Promise<unknown>;
}

/** SHA-1 of the script, worked out beforehand. A test compares. */
export const plainSha = "22e824b36a8c0a988764e380a202bbb2d20bf29b";

const known = ["prefix", "hint", "push", ...sharingOptions];

/**
 * Shares circuits between processes through a Redis of your own, over a client of `ioredis` or `node-redis`.
 *
 * @throws {TypeError | RangeError} naming the option that is wrong
 * @example
 * const store = redisStore(new Redis(process.env.REDIS_URL), { heartbeat: "5s" });
 */
export function redisStore(
  client: IoredisLike | NodeRedisLike,
  options: RedisStoreOptions = {},
): SharedStore {
  const {
    prefix: givenPrefix,
    push: givenPush,
    hint: givenHint,
    ...sharing
  } = anObject("options", options, known);
  const prefix = checkedPrefix(givenPrefix);
  const push = checkedPush(givenPush, client);
  const script = push?.script ?? { text: plainScript, sha: plainSha };
  const stepping = scriptStore(runnerOf(client), script, prefix);
  const store: Store = push?.subscriber
    ? { ...stepping, watch: (hear) => push.watch(prefix, hear) }
    : stepping;
  const hint = optionalFunction("hint", givenHint);
  return shareStore(hint ? hint(store, sharing.waitUntil) : store, sharing);
}

function checkedPush(push: RedisPush | undefined, client: unknown): RedisPush | undefined {
  if (push !== undefined && typeof push?.watch !== "function") throw invalid("push", push, "redisPush(…)");
  if (!push || push.subscriber !== client) return push;
  throw invalid("push", "redisPush(client)", "given a connection of its own: redisPush(client.duplicate())");
}

/** Runs scripts over a client of TCP, whichever of the two it is. */
export function runnerOf(client: IoredisLike | NodeRedisLike): ScriptRunner {
  if (Object(client) !== client) throw invalid("client", client, "a client of ioredis or node-redis");
  if ("evalSha" in client) {
    return {
      runBySha: (sha, keys, args) => client.evalSha(sha, { keys, arguments: args }),
      runByText: (script, keys, args) => client.eval(script, { keys, arguments: args }),
      // A cluster's client asks for more than the command.
      ...(client.sendCommand?.length !== 4 && plainOf(client.sendCommand?.bind(client))),
    };
  }
  if (typeof client.evalsha !== "function") {
    throw invalid("client", client, "a client of ioredis or node-redis");
  }
  return {
    runBySha: (sha, keys, args) => client.evalsha(sha, keys.length, ...keys, ...args),
    runByText: (script, keys, args) => client.eval(script, keys.length, ...keys, ...args),
    ...plainOf(client.call && caller(client as Callable), client.nodes && servers(client as Clustered)),
  };
}

type Callable = Required<Pick<IoredisLike, "call">>;
type Clustered = Required<Pick<IoredisLike, "nodes">>;

function caller(client: Callable): (command: readonly string[]) => Promise<unknown> {
  return ([name, ...args]) => client.call(name!, ...args);
}

function servers(cluster: Clustered): () => SendCommands[] {
  return () => cluster.nodes("master").map((node) => sendWith(caller(node)));
}

function plainOf(
  send: ((command: string[]) => Promise<unknown>) | undefined,
  parts?: () => SendCommands[],
): Pick<ScriptRunner, "plain"> {
  return send ? { plain: { send: sendWith(send), servers: parts } } : {};
}

/** Clients write what is sent in the same turn together. */
function sendWith(send: (command: string[]) => Promise<unknown>): SendCommands {
  return (commands) => Promise.all(commands.map((command) => send([...command])));
}
