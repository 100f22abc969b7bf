import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { needsRedis } from "./needs-redis.ts";
import { startRedis } from "./start-redis.ts";

needsRedis();

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("a restarted server is empty, on the same port", async () => {
  const redis = await startRedis();
  const { port, pid } = redis;
  await redis.send("SET", "key", "value");
  await redis.kill();
  await expect(redis.send("PING")).rejects.toThrow("ECONNREFUSED");
  await redis.restart();
  expect(redis.port).toBe(port);
  expect(redis.pid).not.toBe(pid);
  expect(await redis.send("GET", "key")).toBeNull();
  await redis.stop();
  await redis.stop();
  expect(isRunning(redis.pid)).toBe(false);
});

test("several run beside each other", async () => {
  const all = await Promise.all([startRedis(), startRedis()]);
  expect(new Set(all.map(({ port }) => port)).size).toBe(2);
  await Promise.all(all.map((redis) => redis.stop()));
});

test("a server that does not start says why", async () => {
  await expect(startRedis(["--no-such-setting", "1"])).rejects.toThrow("did not start");
});

test.each(["SIGKILL", "SIGTERM"] as const)("nothing is left of a process that ends by %s", async (signal) => {
  const module = fileURLToPath(new URL("start-redis.ts", import.meta.url));
  const script = `
    const { startRedis } = await import(${JSON.stringify(module)});
    const redis = await startRedis();
    console.log(redis.port);
    setInterval(() => {}, 1000);
  `;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const answers = async (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${Number(line)}`).then(
      () => true,
      (error: Error) => (error.cause as { code?: string }).code !== "ECONNREFUSED",
    );
  expect(await answers()).toBe(true);
  parent.kill(signal);
  await expect.poll(answers, { timeout: 10_000 }).toBe(false);
});
