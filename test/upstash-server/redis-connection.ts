import { connect, type Socket } from "node:net";
import { type Reply, RespParser } from "./resp-parser.ts";

/** One command: its name and its arguments. */
export type RedisCommand = ReadonlyArray<string | number | Buffer>;

interface Waiting {
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

interface Link {
  readonly socket: Socket;
  readonly waiting: Waiting[];
}

/**
 * One connection to Redis, opened by the first command and again after it broke. Errors of Redis are replies;
 * only a connection that fails rejects.
 */
export class RedisConnection {
  readonly #port: number;
  readonly #greeting: RedisCommand[];
  #link: Link | undefined;

  /** The greeting is sent first on every new connection; its replies are not looked at. */
  constructor(port: number, greeting: RedisCommand[] = []) {
    this.#port = port;
    this.#greeting = greeting;
  }

  async send(...command: RedisCommand): Promise<Reply> {
    const [reply] = await this.sendAll([command]);
    return reply!;
  }

  /** In one write, so that no other command comes between. */
  sendAll(commands: readonly RedisCommand[]): Promise<Reply[]> {
    const { socket, waiting } = (this.#link ??= this.#open());
    const replies = commands.map(
      () => new Promise<Reply>((resolve, reject) => void waiting.push({ resolve, reject })),
    );
    // Only an open question may keep a process running.
    socket.ref();
    socket.write(Buffer.concat(commands.map(encode)));
    return Promise.all(replies);
  }

  close(): void {
    this.#link?.socket.destroy();
    this.#link = undefined;
  }

  #open(): Link {
    const socket = connect({ port: this.#port, host: "127.0.0.1", noDelay: true });
    const link: Link = { socket, waiting: [] };
    const parser = new RespParser();
    let failure = new Error("the connection to Redis was closed");
    socket.on("data", (chunk) => {
      for (const reply of parser.push(chunk)) link.waiting.shift()?.resolve(reply);
      if (link.waiting.length === 0) socket.unref();
    });
    socket.on("error", (error) => (failure = error));
    socket.on("close", () => {
      if (this.#link === link) this.#link = undefined;
      for (const one of link.waiting) one.reject(failure);
    });
    for (const command of this.#greeting) {
      link.waiting.push({ resolve() {}, reject() {} });
      socket.write(encode(command));
    }
    return link;
  }
}

function encode(command: RedisCommand): Buffer {
  const parts = command.map((part) => (Buffer.isBuffer(part) ? part : Buffer.from(String(part))));
  return Buffer.concat([
    Buffer.from(`*${parts.length}\r\n`),
    ...parts.flatMap((part) => [Buffer.from(`$${part.length}\r\n`), part, Buffer.from("\r\n")]),
  ]);
}
