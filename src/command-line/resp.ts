/** A reply of Redis, in RESP2. An error is a value: whoever asked decides what it means. */
export type Reply = string | number | null | RedisError | Reply[];

/** What Redis refuses. Only its code is told: the rest quotes the command. */
export class RedisError extends Error {
  override readonly name = "RedisError";
  readonly code: string;

  constructor(line: string) {
    super(line);
    this.code = line.split(" ", 1)[0]!;
  }
}

/** A command as it goes over the wire. */
export function encoded(command: readonly string[]): string {
  const parts = command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
  return `*${command.length}\r\n${parts.join("")}`;
}

/** More than any look at a store takes: who sends this without an end to a reply is no Redis of ours. */
const longestReply = 64 * 1024 * 1024;

/** Reads replies out of what arrives, in whatever pieces. */
export class ReplyReader {
  #bytes = Buffer.alloc(0);
  #at = 0;

  /** The replies that are complete by now. */
  push(chunk: Buffer): Reply[] {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    if (this.#bytes.length > longestReply) throw new TypeError("a reply from there has no end");
    const replies: Reply[] = [];
    for (;;) {
      this.#at = 0;
      const reply = this.#reply();
      if (reply === undefined) return replies;
      replies.push(reply);
      this.#bytes = this.#bytes.subarray(this.#at);
    }
  }

  #reply(): Reply | undefined {
    const line = this.#line();
    if (line === undefined) return undefined;
    const rest = line.slice(1);
    switch (line.slice(0, 1)) {
      case "+":
        return rest;
      case "-":
        return new RedisError(rest);
      case ":":
        return Number(rest);
      case "$":
        return this.#bulk(Number(rest));
      case "*":
        return this.#array(Number(rest));
      default:
        throw new TypeError("what answers there does not speak as Redis does");
    }
  }

  #line(): string | undefined {
    const end = this.#bytes.indexOf("\r\n", this.#at);
    if (end < 0) return undefined;
    const line = this.#bytes.toString("utf8", this.#at, end);
    this.#at = end + 2;
    return line;
  }

  #bulk(length: number): string | null | undefined {
    if (length < 0) return null;
    const end = this.#at + length;
    if (this.#bytes.length < end + 2) return undefined;
    const text = this.#bytes.toString("utf8", this.#at, end);
    this.#at = end + 2;
    return text;
  }

  #array(length: number): Reply[] | null | undefined {
    if (length < 0) return null;
    const items: Reply[] = [];
    for (let index = 0; index < length; index++) {
      const item = this.#reply();
      if (item === undefined) return undefined;
      items.push(item);
    }
    return items;
  }
}
