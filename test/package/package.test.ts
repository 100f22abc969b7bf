import { readFile, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
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

test("the types of every entry resolve for every kind of consumer", async () => {
  const attw = `${root}node_modules/@arethetypeswrong/cli/dist/index.js`;
  const { stdout } = await run(process.execPath, [attw, "--format", "json", packed.tarball]);
  const { analysis } = JSON.parse(stdout) as {
    analysis: { types: { kind: string }; entrypoints: Record<string, unknown>; problems: unknown[] };
  };
  expect(analysis.problems).toEqual([]);
  expect(analysis.types.kind).toBe("included");
  expect(Object.keys(analysis.entrypoints)).toEqual(Object.keys((await manifest()).exports as object));
});

test("the tarball holds each source file, what was built of it, and what there is to read; nothing else", async () => {
  const sources = (await readdir(`${root}src`, { recursive: true })).filter((path) => /\.c?ts$/.test(path));
  const built = sources.flatMap((source) => {
    const [, path, common = ""] = /^(.*)\.(c?)ts$/.exec(source)!;
    return ["js", "js.map"].flatMap((kind) => [
      `dist/${path}.${common}${kind}`,
      `dist/${path}.d.${common}${kind.replace("js", "ts")}`,
    ]);
  });
  const pages = (await readdir(`${root}docs`, { recursive: true })).filter((file) => file.endsWith(".md"));
  const papers = ["ARCHITECTURE.md", "CHANGELOG.md", "LICENSE", "README.md", "package.json"];
  const expected = [
    ...sources.map((source) => `src/${source}`),
    ...built,
    ...papers,
    ...pages.map((page) => `docs/${page}`),
    ...(await readdir(`${root}docs/monitoring`)).map((file) => `docs/monitoring/${file}`),
  ];
  expect(packed.files.filter((file) => !/^dist\/(node|commonjs)\//.test(file))).toEqual(expected.sort());
  const entries = sources.filter((source) => !source.includes("/")).map((source) => source.slice(0, -3));
  const forNode = packed.files.filter(
    (file) => file.startsWith("dist/node/") && !/\/part-\w+\.js/.test(file),
  );
  const bundles = entries.flatMap((entry) => [`dist/node/${entry}.js`, `dist/node/${entry}.js.map`]);
  expect(forNode).toEqual(bundles.sort());
  // For `require`: what entries share in parts, and the types that an entry leads to.
  const forRequire = packed.files.filter((path) => path.startsWith("dist/commonjs/"));
  const wanted = entries.flatMap((entry) => [`dist/commonjs/${entry}.cjs`, `dist/commonjs/${entry}.d.cts`]);
  expect(forRequire).toEqual(expect.arrayContaining(wanted));
  for (const path of forRequire) expect(path).toMatch(/\.(cjs|d\.cts)$/);
});

test("what its pages link to is in the tarball, but for pictures", async () => {
  const pages = packed.files.filter((file) => file.endsWith(".md"));
  const linked = await Promise.all(
    pages.map(async (page) =>
      [...(await readFile(`${root}${page}`, "utf8")).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(
        ([, path]) => join(dirname(page), path!),
      ),
    ),
  );
  const missing = linked.flat().filter((file) => !file.endsWith(".png") && !packed.files.includes(file));
  expect(missing).toEqual([]);
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
        "revealRefusals": "function",
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
        "quotaPerKey": "function",
        "ramp": "function",
        "refusalResponse": "function",
        "restoreFrom": "function",
        "shedExcess": "function",
        "slowCalls": "function",
        "staleIfError": "function",
        "trials": "function",
        "watchBody": "function",
        "watchedCalls": "object",
      },
      "./otel": {
        "instrumentCircuits": "function",
      },
      "./redis": {
        "memoryStore": "function",
        "redisPush": "function",
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

// npm's word for all versions, canaries among them: no other range has a canary of a version that is not named.
test("any Next will do for npm, canaries too", async () => {
  const { peerDependencies } = await manifest();
  expect(peerDependencies).toMatchObject({ next: "*" });
});

test("what is published is public, and promises no provenance that nobody could look up", async () => {
  const { publishConfig, license, engines } = await manifest();
  expect(publishConfig).toEqual({ access: "public" });
  expect([license, engines]).toEqual(["MIT", { node: ">=20.9.0" }]);
});
