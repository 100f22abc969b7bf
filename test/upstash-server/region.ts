import { RedisConnection, type RedisCommand } from "./redis-connection.ts";
import { entryOf, jsonAnswer, type RestAnswer } from "./rest-answer.ts";
import type { RestRequest } from "./rest-request.ts";
import { RedisError, type Reply } from "./resp-parser.ts";
import { translateCommand } from "./translate-command.ts";

export type Access = "full" | "read-only";

/** What the read-only token may do; Redis itself keeps to it. */
const readOnlyUser: RedisCommand[] = [
  `ACL SETUSER upstash-reader reset on nopass ~* +@read -@dangerous +@connection +@transaction +info`.split(
    " ",
  ),
  // Redis 6 does not know these.
  "ACL SETUSER upstash-reader +eval_ro +evalsha_ro".split(" "),
  ["AUTH", "upstash-reader", "reader"],
];

/** The Redis servers that a region speaks to: all may write to the primary, reads go to the replica, if it has one. */
export class Region {
  readonly #primary: Record<Access, RedisConnection>;
  readonly #replica: Record<Access, RedisConnection> | undefined;
  readonly #reads = new Map<string, boolean>();

  constructor(primaryPort: number, replicaPort?: number) {
    this.#primary = connectionsTo(primaryPort);
    this.#replica = replicaPort === undefined ? undefined : connectionsTo(replicaPort);
  }

  close(): void {
    for (const connections of [this.#primary, this.#replica]) {
      connections?.full.close();
      connections?.["read-only"].close();
    }
  }

  async execute(request: RestRequest, access: Access): Promise<RestAnswer> {
    const { kind, commands, isBase64 } = request;
    const translated = commands.map(translateCommand);
    const sendable = translated.flatMap((one) => (one instanceof RedisError ? [] : [one.command]));
    const refused = translated.find((one) => one instanceof RedisError);
    const isTransaction = kind === "multi-exec";
    if (isTransaction && refused) return jsonAnswer(400, { error: refused.message });

    const connection = (await this.#connectionsFor(request))[access];
    const batch = isTransaction ? [["MULTI"], ...sendable, ["EXEC"]] : sendable;
    const sent = await connection.sendAll([...batch, ["INFO", "replication"]]);
    const headers = { "upstash-sync-token": tokenFor(positionIn(sent.pop()!)) };

    let replies: Reply[] = sent;
    if (isTransaction) {
      const executed = sent.pop()!;
      if (!Array.isArray(executed)) {
        const cause = sent.find((reply) => reply instanceof RedisError) ?? executed;
        return jsonAnswer(400, { error: (cause as RedisError).message }, headers);
      }
      replies = executed;
    }
    const entries = translated.map((one) =>
      entryOf(one instanceof RedisError ? one : one.replyFor(replies.shift()!), isBase64),
    );
    if (kind !== "command") return jsonAnswer(200, entries, headers);
    const [entry] = entries;
    return jsonAnswer("error" in entry! ? 400 : 200, entry, headers);
  }

  async #connectionsFor({ commands, syncToken }: RestRequest): Promise<Record<Access, RedisConnection>> {
    if (!this.#replica) return this.#primary;
    const reads = await Promise.all(commands.map(([name]) => this.#isRead(name!.toUpperCase())));
    if (!reads.every(Boolean)) return this.#primary;
    if (syncToken === undefined) return this.#replica;
    const reached = positionIn(await this.#replica.full.send("INFO", "replication"));
    return reached >= positionOf(syncToken) ? this.#replica : this.#primary;
  }

  async #isRead(name: string): Promise<boolean> {
    let isRead = this.#reads.get(name);
    if (isRead === undefined) {
      const reply = (await this.#primary.full.send("COMMAND", "INFO", name)) as Array<Reply[] | null>;
      const flags = (reply[0]?.[2] ?? []) as Array<{ text: string }>;
      isRead = flags.some(({ text }) => text === "readonly");
      this.#reads.set(name, isRead);
    }
    return isRead;
  }
}

function connectionsTo(port: number): Record<Access, RedisConnection> {
  return { full: new RedisConnection(port), "read-only": new RedisConnection(port, readOnlyUser) };
}

/** How far a server is in the history of writes, by `INFO replication`. */
export function positionIn(info: Reply): number {
  const text = Buffer.isBuffer(info) ? info.toString() : "";
  const replica = /^slave_repl_offset:(\d+)/m.exec(text)?.[1];
  return Number(replica ?? /^master_repl_offset:(\d+)/m.exec(text)?.[1] ?? 0);
}

function tokenFor(position: number): string {
  return Buffer.from(`position=${position}`).toString("base64url");
}

function positionOf(token: string): number {
  return Number(/^position=(\d+)$/.exec(Buffer.from(token, "base64url").toString())?.[1] ?? 0);
}
