import { readFile, readdir } from "node:fs/promises";
import { publint } from "publint";
import { afterAll, beforeAll, expect, test } from "vitest";
import { getPackageExportsManifest } from "vitest-package-exports";
import { manifest, pack, type Packed, root, run } from "./packed.ts";

let packed: Packed;
beforeAll(async () => void (packed = await pack()), 60_000);
afterAll(() => packed.remove());

test("publint finds nothing to say", async () => {
  const { buffer, byteOffset, byteLength } = await readFile(packed.tarball);
  const tarball = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  const { messages } = await publint({ pack: { tarball }, strict: true });
  expect(messages).toEqual([]);
});

test("the types of every entry resolve for every kind of ESM consumer", async () => {
  const attw = `${root}node_modules/@arethetypeswrong/cli/dist/index.js`;
  const { stdout } = await run(process.execPath, [
    attw,
    "--profile",
    "esm-only",
    "--format",
    "json",
    packed.tarball,
  ]);
  const { analysis } = JSON.parse(stdout) as {
    analysis: { types: { kind: string }; entrypoints: Record<string, unknown> };
  };
  expect(analysis.types.kind).toBe("included");
  expect(Object.keys(analysis.entrypoints)).toEqual(Object.keys((await manifest()).exports as object));
});

test("the tarball holds each source file, what was built of it, and the four papers; nothing else", async () => {
  const sources = (await readdir(`${root}src`, { recursive: true })).filter((path) => path.endsWith(".ts"));
  const built = sources.flatMap((source) =>
    [".js", ".js.map", ".d.ts", ".d.ts.map"].map((kind) => `dist/${source.replace(/\.ts$/, kind)}`),
  );
  const papers = ["CHANGELOG.md", "LICENSE", "README.md", "package.json"];
  const expected = [...sources.map((source) => `src/${source}`), ...built, ...papers];
  expect(packed.files).toEqual(expected.sort());
});

test("the entries export this and nothing else", async () => {
  const { exports } = await getPackageExportsManifest({
    cwd: root,
    shouldIgnoreEntry: ({ entry }) => entry === "./package.json",
  });
  expect(exports).toMatchInlineSnapshot(`
    {
      ".": {
        "CircuitOpenError": "function",
        "abortable": "function",
        "circuit": "function",
        "circuits": "object",
        "createProtectedFetch": "function",
        "findCircuitOpenError": "function",
        "isCircuitOpenError": "function",
        "protect": "function",
        "retryAfterSeconds": "function",
        "withProtego": "function",
      },
      "./dashboard": {
        "createDashboard": "function",
        "remember": "function",
      },
      "./errors": {
        "CircuitOpenError": "function",
        "isCircuitOpenError": "function",
        "retryAfterSeconds": "function",
      },
      "./next": {
        "protectAction": "function",
        "protectFetch": "function",
        "proxyGuard": "function",
        "withProtegoApi": "function",
      },
      "./options": {
        "anyOf": "function",
        "consecutiveFailures": "function",
        "exponentialBackoff": "function",
        "failingStatuses": "function",
        "failureRate": "function",
        "healthProbe": "function",
        "hungCalls": "function",
        "logTo": "function",
        "opensWhen": "function",
        "ramp": "function",
        "refusalResponse": "function",
        "restoreFrom": "function",
        "shedExcess": "function",
        "slowCalls": "function",
        "staleIfError": "function",
        "trials": "function",
        "watchBody": "function",
      },
      "./otel": {
        "instrumentCircuits": "function",
      },
      "./redis": {
        "memoryStore": "function",
        "redisStore": "function",
        "shareStore": "function",
      },
      "./store": {
        "cacheApi": "function",
        "compareAndSetStore": "function",
        "hintFrom": "function",
        "listedRecord": "function",
        "memoryStore": "function",
        "shareStore": "function",
        "storeStep": "function",
      },
      "./testing": {
        "forceState": "function",
        "resetCircuits": "function",
        "storeContract": "function",
        "testClock": "function",
      },
      "./upstash": {
        "upstashStore": "function",
      },
    }
  `);
});

test("there are no run-time dependencies, and both peers are optional", async () => {
  const { dependencies, optionalDependencies, bundledDependencies, peerDependencies, peerDependenciesMeta } =
    await manifest();
  expect([dependencies, optionalDependencies, bundledDependencies]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(Object.keys(peerDependencies as object)).toEqual(["@upstash/redis", "next"]);
  expect(peerDependenciesMeta).toEqual({ "@upstash/redis": { optional: true }, next: { optional: true } });
});

test("what is published says who built it", async () => {
  const { publishConfig, license, engines } = await manifest();
  expect(publishConfig).toEqual({ access: "public", provenance: true });
  expect([license, engines]).toEqual(["MIT", { node: ">=20.9.0" }]);
});
