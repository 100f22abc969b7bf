import { RedisConnection } from "../../upstash-server/redis-connection.ts";
import { RedisError, type Reply, Status } from "../../upstash-server/resp-parser.ts";
import type { SendsCommands } from "../suite/check.ts";

/** Sends commands over a connection of its own, by what the home has of `node:net`. Each is closed with its reply. */
export function redisOverTcp(port: number): SendsCommands {
  return async (command) => {
    const connection = new RedisConnection(port);
    try {
      return asClientsGiveIt(await connection.send(...command));
    } finally {
      connection.close();
    }
  };
}

function asClientsGiveIt(reply: Reply): unknown {
  if (reply instanceof RedisError) throw reply;
  if (reply instanceof Status) return reply.text;
  if (Array.isArray(reply)) return reply.map(asClientsGiveIt);
  return Buffer.isBuffer(reply) ? reply.toString() : reply;
}
