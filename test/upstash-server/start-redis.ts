import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { endWithParent } from "./end-with-parent.ts";
import { freePort } from "./free-port.ts";
import { howToGetRedis, provideRedis } from "./provide-redis.ts";
import { RedisConnection, type RedisCommand } from "./redis-connection.ts";
import { type Reply, Status } from "./resp-parser.ts";

/** A Redis server of one's own: on loopback, without persistence, gone when this process is gone. */
export interface RunningRedis {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** One command, over a connection of its own. Rejects where the server is down; errors of Redis are replies. */
  send(...command: RedisCommand): Promise<Reply>;
  /** Ends it in good order. */
  stop(): Promise<void>;
  /** SIGKILL: as a crash would. */
  kill(): Promise<void>;
  /** Empty and new, on the same port; kills the one that runs. */
  restart(): Promise<void>;
}

/**
 * Starts a real Redis server on a port that was free.
 *
 * @throws when there is no Redis on this machine, or it does not start
 */
export async function startRedis(settings: readonly string[] = []): Promise<RunningRedis> {
  const program = provideRedis();
  if (program === undefined) throw new Error(`No Redis server. ${howToGetRedis}`);
  let port = await freePort();
  let child = await launch(program, port, settings).catch(async () => {
    // Between looking and listening, another process may have taken the port.
    port = await freePort();
    return launch(program, port, settings);
  });
  const connection = new RedisConnection(port);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    connection.close();
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.ref();
    child.kill(signal);
    await gone;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return child.pid!;
    },
    send: (...command) => connection.send(...command),
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
    async restart() {
      await end("SIGKILL");
      child = await launch(program, port, settings);
    },
  };
}

async function launch(program: string, port: number, settings: readonly string[]): Promise<ChildProcess> {
  const persistence = ["--save", "", "--appendonly", "no", "--dir", tmpdir()];
  const args = ["--port", String(port), "--bind", "127.0.0.1", ...persistence, ...settings];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
  let output = "";
  child.stdout!.on("data", (chunk) => (output = `${output}${chunk}`.slice(-2_000)));
  let failure: Error | undefined;
  child.on("error", (error) => (failure = error));
  endWithParent(child);
  const deadline = performance.now() + 20_000;
  while (!(await answers(port, child))) {
    if (failure || child.exitCode !== null || child.signalCode !== null || performance.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`${program} did not start on port ${port}. ${output}`, { cause: failure });
    }
    await pause(5);
  }
  child.unref();
  (child.stdout as Socket).unref();
  return child;
}

/** Whether the server on this port answers, and is this child: not another one that was quicker. */
async function answers(port: number, child: ChildProcess): Promise<boolean> {
  const connection = new RedisConnection(port);
  try {
    const [pong, info] = await connection.sendAll([["PING"], ["INFO", "server"]]);
    return pong instanceof Status && Buffer.isBuffer(info) && info.includes(`process_id:${child.pid}\r\n`);
  } catch {
    return false;
  } finally {
    connection.close();
  }
}
