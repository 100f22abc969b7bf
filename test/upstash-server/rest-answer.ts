import { RedisError, type Reply, Status } from "./resp-parser.ts";

/** What goes out on the wire. */
export interface RestAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export function jsonAnswer(status: number, value: unknown, headers: Record<string, string> = {}): RestAnswer {
  return { status, body: JSON.stringify(value), headers: { "content-type": "application/json", ...headers } };
}

/** One reply as `{ result }` or `{ error }`. */
export function entryOf(reply: Reply, isBase64: boolean): { result: unknown } | { error: string } {
  if (reply instanceof RedisError) return { error: reply.message };
  // Upstash leaves the status OK readable even where it encodes; within a list nothing is left so.
  if (reply instanceof Status && reply.text === "OK") return { result: "OK" };
  return { result: valueOf(reply, isBase64) };
}

function valueOf(reply: Reply, isBase64: boolean): unknown {
  if (Array.isArray(reply)) return reply.map((item) => valueOf(item, isBase64));
  if (reply === null || typeof reply === "number") return reply;
  const bytes = Buffer.isBuffer(reply)
    ? reply
    : Buffer.from(reply instanceof Status ? reply.text : reply.message);
  return bytes.toString(isBase64 ? "base64" : "utf8");
}
