import type { IncomingMessage } from "node:http";

/** A request of the REST interface. */
export interface RestRequest {
  readonly kind: "command" | "pipeline" | "multi-exec";
  readonly commands: ReadonlyArray<readonly string[]>;
  readonly token: string | undefined;
  readonly isBase64: boolean;
  /** The position in the store's history that the answer may not fall behind. */
  readonly syncToken: string | undefined;
}

/** What is no such request: the words of the 400. */
export class MalformedRequest extends Error {}

/** @throws {MalformedRequest} */
export function readRestRequest({ url, headers }: IncomingMessage, body: string): RestRequest {
  const { pathname, searchParams } = new URL(url ?? "/", "http://upstash");
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? "")?.[1];
  const token = bearer ?? searchParams.get("_token") ?? undefined;
  searchParams.delete("_token");
  const common = {
    token,
    isBase64: headers["upstash-encoding"] === "base64",
    syncToken: header(headers["upstash-sync-token"]),
  };
  switch (pathname) {
    case "/":
      return { kind: "command", commands: [commandOf(parse(body))], ...common };
    case "/pipeline":
      return { kind: "pipeline", commands: commandsOf(parse(body)), ...common };
    case "/multi-exec":
      return { kind: "multi-exec", commands: commandsOf(parse(body)), ...common };
    default: {
      // In a path the body is the last argument but for the query's: /set/key?EX=100 with the value as the body.
      const path = pathname.slice(1).split("/").map(decodeURIComponent);
      const query = [...searchParams].flat().filter((part) => part !== "");
      return { kind: "command", commands: [[...path, ...(body === "" ? [] : [body]), ...query]], ...common };
    }
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new MalformedRequest("ERR failed to parse command");
  }
}

function commandsOf(value: unknown): string[][] {
  if (!Array.isArray(value) || value.length === 0) throw new MalformedRequest("ERR empty pipeline request");
  return value.map(commandOf);
}

function commandOf(value: unknown): string[] {
  if (!Array.isArray(value) || value.length === 0) throw new MalformedRequest("ERR empty command");
  return value.map((part: unknown) => {
    if (typeof part === "string") return part;
    if (typeof part === "number" || typeof part === "boolean") return String(part);
    throw new MalformedRequest("ERR unsupported argument type in command");
  });
}

function header(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
