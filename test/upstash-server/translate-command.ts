import { RedisError, type Reply } from "./resp-parser.ts";
import { scriptForRedis, sha1, shaForRedis } from "./scripts.ts";

/** What is sent to Redis for a command of the REST interface, and how the reply reads on the way back. */
export interface Translated {
  readonly command: readonly string[];
  readonly replyFor: (reply: Reply) => Reply;
}

/** They bind or block a connection, or rule the server: the REST interface has none of them at `/`. */
const unavailable = new Set(
  `ACL AUTH BGREWRITEAOF BGSAVE BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH BZMPOP BZPOPMAX BZPOPMIN CLIENT CLUSTER CONFIG
  DISCARD EXEC FAILOVER HELLO LATENCY MIGRATE MODULE MONITOR MULTI PSUBSCRIBE PSYNC QUIT REPLICAOF RESET SAVE SELECT
  SHUTDOWN SLAVEOF SSUBSCRIBE SUBSCRIBE SWAPDB SYNC UNWATCH WAIT WATCH`.split(/\s+/),
);

const asItIs = (reply: Reply): Reply => reply;

/** A command as Redis takes it, or the error that Upstash answers. */
export function translateCommand(command: readonly string[]): Translated | RedisError {
  const [name = "", first = "", second = ""] = command;
  const verb = name.toUpperCase();
  if (name === "") return new RedisError("ERR empty command");
  if (unavailable.has(verb)) {
    return new RedisError(
      `ERR Command is not available: '${verb}'. See https://upstash.com/docs/redis/overall/rediscompatibility for details`,
    );
  }
  switch (verb) {
    case "EVAL":
    case "EVAL_RO":
      return { command: [name, scriptForRedis(first), ...command.slice(2)], replyFor: asItIs };
    case "EVALSHA":
    case "EVALSHA_RO":
      return { command: [name, shaForRedis(first), ...command.slice(2)], replyFor: asItIs };
    case "SCRIPT":
      return translateScript(first.toUpperCase(), second, command);
    default:
      return { command, replyFor: asItIs };
  }
}

function translateScript(subcommand: string, script: string, command: readonly string[]): Translated {
  switch (subcommand) {
    case "LOAD":
      return {
        command: ["SCRIPT", "LOAD", scriptForRedis(script)],
        replyFor: (reply) => (Buffer.isBuffer(reply) ? Buffer.from(sha1(script)) : reply),
      };
    case "EXISTS":
      return { command: ["SCRIPT", "EXISTS", ...command.slice(2).map(shaForRedis)], replyFor: asItIs };
    default:
      return { command, replyFor: asItIs };
  }
}
