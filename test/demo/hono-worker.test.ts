import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { CircuitSnapshot } from "next-protego";
import { afterAll, beforeAll, expect, test } from "vitest";
import { codeBlocks } from "../docs/code-blocks.ts";
import { root } from "../package/packed.ts";
import { endDemo, type RunningDemo, startDemo } from "./running-demo.ts";

let demo: RunningDemo;
let isolates: string[];
let shop: string;

beforeAll(async () => {
  demo = await startDemo("hono-worker/start.ts");
  isolates = demo.urls.slice(0, -1);
  shop = demo.urls.at(-1)!;
});
afterAll(async () => {
  if (demo?.child.exitCode === null) await endDemo(demo, "SIGTERM");
});

const become = (mode: string): Promise<Response> => fetch(`${shop}/control`, { method: "PUT", body: mode });
const hits = async (): Promise<number> =>
  ((await (await fetch(`${shop}/control`)).json()) as { hits: number }).hits;

async function order(isolate: string, id: string | number): Promise<number> {
  const response = await fetch(`${isolate}/orders/${id}`);
  await response.arrayBuffer();
  return response.status;
}

async function circuits(isolate: string): Promise<Map<string, CircuitSnapshot>> {
  const all = (await (await fetch(`${isolate}/circuits`)).json()) as CircuitSnapshot[];
  return new Map(all.map((circuit) => [circuit.name, circuit]));
}

test("one command starts three isolates, each with circuits of its own", async () => {
  expect(isolates).toHaveLength(3);
  expect(await order(isolates[0]!, 7)).toBe(200);
  expect([...(await circuits(isolates[0]!)).keys()]).toEqual(["GET /orders/:id", "shop"]);
  expect((await circuits(isolates[2]!)).size).toBe(0);
});

test("in an outage what two isolates have seen closes the shop to all three, and then it is called again", async () => {
  const [first, second, third] = isolates as [string, string, string];
  await become("failing");
  const answered: number[][] = [];
  do {
    answered.push([await order(first, answered.length), await order(second, answered.length)]);
    expect(answered.length).toBeLessThan(10);
  } while (answered.at(-1)!.join() !== "503,503");
  expect(answered[0]).toEqual([502, 502]);

  // It has called nothing: what it knows it knows from the others.
  const before = await hits();
  const refused = await fetch(`${third}/orders/9`);
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await hits()).toBe(before);
  expect((await circuits(third)).get("shop")).toMatchObject({
    state: "open",
    shared: true,
    totals: { allowed: 0, refused: 1 },
  });

  await become("healthy");
  for (const isolate of isolates) {
    const stateAfterCall = async (): Promise<string> => {
      await order(isolate, "tea");
      return (await circuits(isolate)).get("shop")!.state;
    };
    await expect.poll(stateAfterCall, { timeout: 30_000, interval: 250 }).toBe("closed");
    expect(await order(isolate, "tea")).toBe(200);
  }
}, 120_000);

test("its dashboard asks for the token", async () => {
  const ask = (token: string): Promise<Response> =>
    fetch(`${isolates[0]}/protego/circuits`, { headers: { authorization: `Bearer ${token}` } });
  expect((await ask("somebody-else's-token")).status).toBe(401);
  expect((await ask("demo-demo-demo-demo")).status).toBe(200);
});

test("its types are right", async () => {
  const tsc = join(root, "node_modules/.bin/tsc");
  const told = await promisify(execFile)(tsc, ["-p", join(root, "example-app/hono-worker")]).then(
    () => "",
    ({ stdout }: { stdout: string }) => stdout,
  );
  expect(told).toBe("");
});

test("its store is the one of docs/stores.md", async () => {
  const shown = codeBlocks("docs/stores.md").find(({ path }) => path === "worker/circuit-object.ts")!;
  const used = await readFile(join(root, "example-app/hono-worker/src/circuit-object.ts"), "utf8");
  expect(shown.code).toBe(`// worker/circuit-object.ts\n${used}`);
});

test("Ctrl-C ends it", async () => {
  expect(await endDemo(demo, "SIGINT")).toBe(0);
});
