import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { bundled } from "../package/bundled.ts";
import { builtPackage } from "./built-package.ts";
import { contestants } from "./contestants.ts";
import { bytesPerCall, nanoseconds } from "./measure.ts";
import { overTheWire } from "./over-the-wire.ts";
import { table } from "./table.ts";
import { timeouts } from "./timeouts.ts";

if (process.env["NODE_ENV"] !== "production") {
  const self = fileURLToPath(import.meta.url);
  const env = { ...process.env, NODE_ENV: "production" as const };
  const { status } = spawnSync(process.execPath, ["--expose-gc", self], { stdio: "inherit", env });
  process.exit(status ?? 1);
}

const protego = await builtPackage();
const all = await contestants(protego);

/** Ratios to the bare wrapper, or absolute times where there is none. */
async function compare(title: string, calls: Record<string, () => Promise<unknown>>, times: number) {
  const found = await nanoseconds(calls, times);
  const base = found.get("bare async wrapper") ?? found.values().next().value!;
  const rows = [...found].map(
    ([name, ns]) => [name, `${ns.toFixed(0)} ns`, `× ${(ns / base).toFixed(2)}`] as const,
  );
  table(title, rows, ["median", base === found.get("bare async wrapper") ? "to wrapper" : "to ours"]);
}

console.log(`Node ${process.version}; medians of 15 rounds in which all take turns. Read the ratios.
Targets: by name 1.5, by origin 2.0, with timeout 3.0, failing 1.3 times the bare wrapper;
a refusal cheaper than cockatiel's.`);
await compare("a call that succeeds", all.healthy, 20_000);
await compare("a call that fails", all.failing, 10_000);
await compare("a call that is refused", all.refused, 10_000);
// Compiled for one outcome only, code is faster than it is in an app. Once more, now that it has met them all.
await compare("a call that succeeds, after those", all.healthy, 10_000);

const thousand = (call: () => Promise<unknown>) => () => Promise.all(Array.from({ length: 1000 }, call));
await compare(
  "1,000 at once",
  Object.fromEntries(Object.entries(all.healthy).map(([name, call]) => [name, thousand(call)])),
  20,
);

const bytes: Array<[string, string]> = [];
for (const [name, call] of Object.entries(all.healthy)) {
  // oxlint-disable-next-line no-await-in-loop
  bytes.push([name, `${Math.round(await bytesPerCall(call))} B`]);
}
table("bytes allocated by a call", bytes, ["median"]);

const { gc } = globalThis as { gc?: () => void };
protego.circuits.limit(20_000);
gc?.();
const before = process.memoryUsage().heapUsed;
for (let i = 0; i < 10_000; i++) protego.circuits.register(`circuit ${i}`);
gc?.();
const perCircuit = (process.memoryUsage().heapUsed - before) / 10_000;
table("memory", [["10,000 idle circuits", `${Math.round(perCircuit)} B each`]], [""]);

const cold = (code: string): string => {
  const times = Array.from({ length: 7 }, () => {
    const timed = `const t = performance.now(); ${code}; console.log(performance.now() - t)`;
    const root = fileURLToPath(new URL("../..", import.meta.url));
    const args = ["--input-type=module", "-e", timed];
    return Number(spawnSync(process.execPath, args, { encoding: "utf8", cwd: root }).stdout);
  });
  return `${times.toSorted((a, b) => a - b)[3]!.toFixed(1)} ms`;
};
table(
  "cold import",
  [
    ["next-protego", cold(`await import("next-protego")`)],
    ["cockatiel", cold(`await import("cockatiel")`)],
    ["opossum", cold(`await import("opossum")`)],
  ],
  ["median"],
);

const size = async (name: string, line: string): Promise<[string, string]> => [
  name,
  `${(await bundled(line, [], "production")).gzippedBytes} B`,
];
table(
  "size, min + gzip",
  await Promise.all([
    size("createProtectedFetch", `export { createProtectedFetch } from "next-protego"`),
    size("all of next-protego", `export * from "next-protego"`),
    size("next-protego/errors", `export * from "next-protego/errors"`),
  ]),
  ["gzip"],
);

await overTheWire();
await timeouts();
