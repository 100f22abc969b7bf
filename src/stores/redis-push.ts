import type { FleetReply } from "../core/fleet-record.ts";
import { invalid } from "../core/option.ts";
import { pushingScript } from "./fleet-script.ts";
import { replyOf } from "./redis-command.ts";
import { circuitIn } from "./redis-listing.ts";

/** A connection of `ioredis` that does nothing else, as far as it is needed. */
export interface IoredisSubscriber {
  subscribe(channel: string): Promise<unknown>;
  on(event: "message", listener: (channel: string, message: string) => void): unknown;
}

/** A connection of `node-redis` that does nothing else, as far as it is needed. */
export interface NodeRedisSubscriber {
  pSubscribe: unknown;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
}

/** The option `push` of `redisStore`: {@link redisPush} makes it. */
export interface RedisPush {
  /** The step that publishes. */
  readonly script: { readonly text: string; readonly sha: string };
  readonly subscriber: IoredisSubscriber | NodeRedisSubscriber | undefined;
  /** Hears of each new generation of the prefix's circuits. */
  watch(prefix: string, hear: (circuit: string, reply: FleetReply) => void): Promise<void>;
}

/** SHA-1 of the script, worked out beforehand. A test compares. */
export const pushingSha = "883a864201258b651c68571defb3bf3a198487f0";

/**
 * Openings, closings and commands reach this process as they happen, by publish and subscribe, instead of with its next
 * failure or heartbeat. For servers that live long and have connections of their own. A message that is lost, or a
 * subscriber that is gone for a while, costs lateness alone.
 *
 * @param subscriber a second connection of the same client, for nothing else: `client.duplicate()`. Without one this
 *   process only tells the others, one `PUBLISH` for each change
 * @throws {TypeError} for a subscriber that is none
 * @example
 * const store = redisStore(client, { push: redisPush(client.duplicate()) });
 */
export function redisPush(subscriber?: IoredisSubscriber | NodeRedisSubscriber): RedisPush {
  if (subscriber !== undefined && typeof subscriber?.subscribe !== "function") {
    throw invalid("subscriber", subscriber, "a connection of ioredis or node-redis of its own");
  }
  return {
    script: { text: pushingScript, sha: pushingSha },
    subscriber,
    async watch(prefix, hear) {
      if (!subscriber) return;
      const channel = `${prefix}-changes`;
      const heard = (message: string): void => {
        const change = changeIn(prefix, message);
        if (change) hear(...change);
      };
      if ("pSubscribe" in subscriber) {
        await subscriber.subscribe(channel, heard);
        return;
      }
      subscriber.on("message", (from, message) => from === channel && heard(message));
      await subscriber.subscribe(channel);
    },
  };
}

/** Anybody may publish: what is no change is nothing. */
function changeIn(prefix: string, message: string): [circuit: string, reply: FleetReply] | undefined {
  try {
    const [key = "", ...reply] = message.split("|");
    const circuit = key.startsWith(`${prefix}:{`) ? circuitIn(prefix, key) : undefined;
    return circuit === undefined ? undefined : [circuit, replyOf(reply)];
  } catch {
    return undefined;
  }
}
