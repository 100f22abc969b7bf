/**
 * What twenty readers of a thousand circuits cost: CPU of the process and its memory, with a stalled tab among them.
 * In another process stand the readers, so that only the server is measured.
 *
 *     node --expose-gc test/dashboard/stream-load.ts [seconds]
 */
import { spawn } from "node:child_process";
import { connect } from "node:net";
import { createDashboard } from "../../src/dashboard.ts";
import { circuits, protect } from "../../src/index.ts";
import { serveDashboard } from "./dashboard-server.ts";

const [mode, given] = process.argv.slice(2);

if (mode === "read") await read(given!);
else await serve(Number(mode ?? 30));

/** Twenty readers, one of which reads nothing after its request. */
async function read(port: string): Promise<void> {
  for (let reader = 0; reader < 20; reader++) {
    const query = reader % 2 === 0 ? "" : `?page=${reader % 10}`;
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(`GET /protego/events${query} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    socket.on("error", () => {});
    if (reader === 0) socket.pause();
    else socket.resume();
  }
  await new Promise(() => {});
}

async function serve(seconds: number): Promise<void> {
  const served = await serveDashboard(createDashboard({ authorize: () => true, audit: () => {} }));
  const names = Array.from({ length: 1000 }, (_, i) => `tenant ${i}`);
  const calls = names.map((name, i) =>
    protect(() => (i % 50 === 0 ? Promise.reject(new Error("down")) : Promise.resolve(1)), { name }),
  );
  // Traffic on every circuit, so that every line changes: 1,000 calls a second.
  const traffic = setInterval(() => {
    for (let i = 0; i < 100; i++) void calls[Math.floor(Math.random() * calls.length)]!().catch(() => {});
  }, 100);
  const measure = async (label: string, forSeconds: number): Promise<void> => {
    const before = process.cpuUsage();
    const beganAt = performance.now();
    await new Promise((resolve) => setTimeout(resolve, forSeconds * 1000));
    const { user, system } = process.cpuUsage(before);
    const share = (user + system) / 10 / (performance.now() - beganAt);
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    const kept = ((heapUsed + external) / 1e6).toFixed(0);
    console.log(`${label}: ${share.toFixed(1)} % of a core, ${kept} MB in use`);
  };
  await measure("traffic alone", 10);
  const port = new URL(served.url).port;
  const readers = spawn(process.execPath, [import.meta.filename, "read", port], { stdio: "ignore" });
  await measure("readers arrive", 5);
  for (let part = 1; part <= 3; part++) await measure(`20 readers, part ${part}`, seconds / 3);
  readers.kill();
  clearInterval(traffic);
  served.stop();
  console.log(`${circuits.list().length} circuits`);
  process.exit(0);
}
