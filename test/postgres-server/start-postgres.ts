import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { endWithParent } from "../upstash-server/end-with-parent.ts";
import { freePort } from "../upstash-server/free-port.ts";
import { howToGetPostgres, providePostgres } from "./provide-postgres.ts";

/** A Postgres server of one's own: on loopback, its data in a folder that goes away with it. */
export interface RunningPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

/** @throws when there is no Postgres on this machine, or it does not start */
export async function startPostgres(): Promise<RunningPostgres> {
  const programs = providePostgres();
  if (programs === undefined) throw new Error(`No Postgres server. ${howToGetPostgres}`);
  const folder = mkdtempSync(join(tmpdir(), "postgres-"));
  const user = userOfServer();
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const options = { cwd: folder, ...user };
  const flags = ["--auth=trust", "--username=protego", "--encoding=UTF8", "--no-locale", "--no-sync"];
  const made = spawnSync(join(programs, "initdb"), ["-D", data, ...flags], { ...options, encoding: "utf8" });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`, { cause: made.error });
  const port = await freePort();
  const url = `postgres://protego@127.0.0.1:${port}/postgres`;
  const settings = { listen_addresses: "127.0.0.1", unix_socket_directories: "", port, fsync: "off" };
  const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn(join(programs, "postgres"), ["-D", data, ...args], { ...options, stdio: "ignore" });
  endWithParent(child);
  await answers(url, child);
  child.unref();
  return {
    url,
    async stop() {
      child.ref();
      const gone = once(child, "exit");
      // Fast: whoever is still connected is cut off.
      child.kill("SIGINT");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const client = new Client({ connectionString: url });
    try {
      await client.connect();
      return await client.end();
    } catch (error) {
      if (child.exitCode !== null || performance.now() > deadline) {
        child.kill("SIGKILL");
        throw new Error("Postgres did not start.", { cause: error });
      }
      await pause(20);
    }
  }
}

/** Postgres refuses to run as root; then it runs as a user of the system. */
function userOfServer(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync("/etc/passwd", "utf8").split("\n");
  const found = accounts.map((line) => line.split(":")).filter(([name]) => /^(postgres|nobody)$/.test(name!));
  const [, , uid, gid] = found.find(([name]) => name === "postgres") ?? found[0] ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}
