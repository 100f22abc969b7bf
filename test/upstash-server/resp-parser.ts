/** An error as Redis sends it. */
export class RedisError extends Error {
  override name = "RedisError";
}

/** A status line, told apart from a bulk string: only its "OK" stays as it is in a base64 answer. */
export class Status {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What Redis answers. Strings are bytes: they may hold anything. */
export type Reply = Status | RedisError | number | Buffer | null | Reply[];

const lineEnd = Buffer.from("\r\n");

/** Cuts the bytes of a connection into replies (RESP 2). */
export class RespParser {
  #bytes: Buffer = Buffer.alloc(0);
  #chunks: Buffer[] = [];
  #held = 0;
  #wanted = 0;

  /** The replies that are complete with this chunk. */
  push(chunk: Buffer): Reply[] {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    // A big value comes in many chunks: joined once, when it can be whole.
    if (this.#bytes.length + this.#held < this.#wanted) return [];
    this.#bytes = Buffer.concat([this.#bytes, ...this.#chunks]);
    this.#chunks = [];
    this.#held = 0;
    this.#wanted = 0;
    const replies: Reply[] = [];
    let at = 0;
    for (let read = this.#read(at); read !== undefined; read = this.#read(at)) {
      replies.push(read.reply);
      at = read.next;
    }
    this.#bytes = this.#bytes.subarray(at);
    this.#wanted = Math.max(0, this.#wanted - at);
    return replies;
  }

  #read(at: number): { reply: Reply; next: number } | undefined {
    const end = this.#bytes.indexOf(lineEnd, at);
    if (end < 0) return undefined;
    const line = this.#bytes.toString("utf8", at + 1, end);
    const next = end + 2;
    switch (this.#bytes.toString("latin1", at, at + 1)) {
      case "+":
        return { reply: new Status(line), next };
      case "-":
        return { reply: new RedisError(line), next };
      case ":":
        return { reply: Number(line), next };
      case "$":
        return this.#readBulk(Number(line), next);
      case "*":
        return this.#readArray(Number(line), next);
      default:
        throw new Error(`not RESP: ${line}`);
    }
  }

  #readBulk(length: number, at: number): { reply: Reply; next: number } | undefined {
    if (length < 0) return { reply: null, next: at };
    const next = at + length + 2;
    if (this.#bytes.length < next) {
      this.#wanted = next;
      return undefined;
    }
    return { reply: this.#bytes.subarray(at, at + length), next };
  }

  #readArray(length: number, at: number): { reply: Reply; next: number } | undefined {
    if (length < 0) return { reply: null, next: at };
    const items: Reply[] = [];
    let next = at;
    while (items.length < length) {
      const item = this.#read(next);
      if (item === undefined) return undefined;
      items.push(item.reply);
      next = item.next;
    }
    return { reply: items, next };
  }
}
