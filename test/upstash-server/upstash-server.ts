import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import type { Fault } from "./faults.ts";
import { RedisConnection } from "./redis-connection.ts";
import { type Access, Region } from "./region.ts";
import { jsonAnswer, type RestAnswer } from "./rest-answer.ts";
import { MalformedRequest, readRestRequest, type RestRequest } from "./rest-request.ts";
import { type Replica, startReplica } from "./start-replica.ts";

/** What was asked, without the token. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly commands: ReadonlyArray<readonly string[]>;
  readonly headers: Readonly<Record<string, string>>;
}

export interface UpstashServer {
  readonly url: string;
  readonly token: string;
  readonly readOnlyToken: string;
  /** There with `replicaLag`. */
  readonly replica: Replica | undefined;
  /** From now on requests meet this fault, the next `times` of them; without one all is well again. */
  fail(fault?: Fault, times?: number): void;
  requests(): readonly LoggedRequest[];
  clearRequests(): void;
  stop(): Promise<void>;
}

export interface UpstashServerOptions {
  /** The primary; several servers on one are several regions of one database. */
  readonly redis: { readonly port: number };
  /** Milliseconds before each request is done. */
  readonly latency?: number;
  /** Reads go to a replica of this region's own, which learns of writes so many milliseconds late. */
  readonly replicaLag?: number;
  readonly port?: number;
  readonly token?: string;
  readonly readOnlyToken?: string;
}

/** Starts a server on loopback that speaks the REST interface of Upstash in front of a real Redis. */
export async function startUpstashServer(options: UpstashServerOptions): Promise<UpstashServer> {
  const { redis, latency = 0, replicaLag, token = newToken(), readOnlyToken = newToken() } = options;
  const replica = replicaLag === undefined ? undefined : await startReplica(redis.port, replicaLag);
  const region = new Region(redis.port, replica?.port);
  const control = new RedisConnection(redis.port);
  const log: LoggedRequest[] = [];
  let fault: Fault | undefined;
  let timesLeft = 0;

  const execute = async (request: RestRequest, access?: Access): Promise<RestAnswer> => {
    const granted = accessOf(request.token);
    if (granted === undefined) return jsonAnswer(401, { error: "WRONGPASS invalid or missing auth token" });
    return region.execute(request, access ?? granted);
  };

  const server = createServer((incoming, wire) => {
    answer(incoming, wire).catch((error: unknown) => {
      if (error instanceof MalformedRequest) send(wire, jsonAnswer(400, { error: error.message }));
      else send(wire, jsonAnswer(503, { error: "ERR the database cannot be reached" }));
    });
  });
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    readOnlyToken,
    replica,
    fail(next, times = Infinity) {
      fault = next;
      timesLeft = times;
    },
    requests: () => [...log],
    clearRequests: () => void log.splice(0),
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      region.close();
      control.close();
      await replica?.stop();
    },
  };

  async function answer(incoming: IncomingMessage, wire: ServerResponse): Promise<void> {
    const { method = "" } = incoming;
    const body = await text(incoming);
    const current = timesLeft-- > 0 ? fault : undefined;
    if (!["GET", "HEAD", "POST", "PUT"].includes(method)) {
      return send(wire, jsonAnswer(405, { error: "Method not allowed" }));
    }
    const request = readRestRequest(incoming, body);
    log.push(logged(incoming, request));
    if (latency > 0) await pause(latency);
    const answered = current
      ? await current({
          request,
          wire,
          execute: (other = request, access) => execute(other, access),
          flushScripts: async () => void (await control.send("SCRIPT", "FLUSH")),
        })
      : await execute(request);
    if (answered) send(wire, answered);
  }

  function accessOf(given: string | undefined): Access | undefined {
    if (given === token) return "full";
    return given === readOnlyToken ? "read-only" : undefined;
  }
}

function send(wire: ServerResponse, { status, body, headers }: RestAnswer): void {
  wire.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  wire.end(body);
}

function logged({ method = "", url = "/", headers }: IncomingMessage, request: RestRequest): LoggedRequest {
  const { authorization: _token, ...others } = headers;
  return {
    method,
    path: new URL(url, "http://upstash").pathname,
    commands: request.commands,
    headers: others as Record<string, string>,
  };
}

function newToken(): string {
  return randomBytes(24).toString("base64url");
}
