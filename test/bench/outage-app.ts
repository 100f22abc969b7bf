import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fleetGuards, guards } from "./guards.ts";

export interface Memory {
  /** The most that the process has taken. */
  readonly mostBytes: number;
  /** What its heap holds after a collection. */
  readonly keptBytes: number;
}

/*
 * The app of outage.ts, in a process of its own so that its memory is its own: two pages, each made from an upstream
 * behind the guard that is measured. Says where it listens, then its memory when asked.
 */
const [name, sick, well, timeoutMs, resetMs, redisPort] = process.argv.slice(2) as [string, ...string[]];
const options = { timeoutMs: Number(timeoutMs), resetMs: Number(resetMs), redisPort: Number(redisPort) };
const make = { ...guards, ...fleetGuards }[name]!;
const pages: Record<string, readonly [guard: (url: string) => Promise<Response>, url: string]> = {
  "/sick": [await make(options), `${sick}/`],
  "/well": [await make(options), `${well}/`],
};

const server = createServer(async (request, answer) => {
  const [guard, url] = pages[request.url!]!;
  try {
    const response = await guard(url);
    answer.end(await response.text());
  } catch {
    answer.writeHead(503).end("Back in a moment.");
  }
});
server.listen(0, "127.0.0.1", () => {
  process.send!(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

let mostBytes = 0;
setInterval(() => (mostBytes = Math.max(mostBytes, process.memoryUsage.rss())), 50);
process.on("message", () => {
  (globalThis as { gc?: () => void }).gc?.();
  process.send!({ mostBytes, keptBytes: process.memoryUsage().heapUsed } satisfies Memory);
});
process.on("disconnect", () => process.exit());
