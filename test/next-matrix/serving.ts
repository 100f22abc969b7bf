import { cp } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type NextServer, startNext } from "../next-app/harness/next-server.ts";

export type Serving = "next start" | "standalone" | "custom server";

/** Serves what was built in this folder. */
export async function serve(serving: Serving, folder: string, env: NodeJS.Dict<string>): Promise<NextServer> {
  const production = { ...env, NODE_ENV: "production" } as const;
  if (serving === "custom server") {
    return startNext(folder, production, join(folder, "server.mjs"), { command: [] });
  }
  if (serving === "standalone") {
    const output = join(folder, ".next/standalone");
    // Next leaves to whoever deploys it what a CDN would serve.
    await cp(join(folder, ".next/static"), join(output, ".next/static"), { recursive: true });
    const port = String(await freePort());
    const address = { PORT: port, HOSTNAME: "127.0.0.1" };
    return startNext(output, { ...production, ...address }, join(output, "server.js"), { command: [] });
  }
  return startNext(folder, env, join(folder, "node_modules/next/dist/bin/next"));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
