import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "../package/packed.ts";

const run = promisify(execFile);

/** What somebody writes who has no test runner but Node's. */
const script = (store: string): string => `
  import test from "node:test";
  import { memoryStore } from "next-protego/store";
  import { storeContract } from "next-protego/testing";
  let now = 0;
  const memory = memoryStore(() => now);
  const store = ${store};
  for (const { name, run } of storeContract(store, { advance: (ms) => void (now += ms) })) test(name, run);
`;

/** Timers that Node's runner moves: it leaves `performance` alone. One wrapper, as an app has it. */
const ticking = `
  import assert from "node:assert";
  import test from "node:test";
  import { circuits, createProtectedFetch, protect } from "next-protego";
  let work = () => new Promise(() => {});
  const call = protect(() => work(), { name: "api", timeout: "5s" });
  const fetch = createProtectedFetch({ name: "web", timeout: "5s", fetch: () => work() });
  for (const round of [1, 2]) {
    test("a timeout in round " + round, async (context) => {
      context.mock.timers.enable({ apis: ["setTimeout", "Date"] });
      for (const start of [call, () => fetch("https://api.test/")]) {
        const outcome = start().catch(({ name }) => name);
        await Promise.resolve();
        context.mock.timers.tick(5000);
        assert.equal(await outcome, "TimeoutError");
      }
    });
    test("on real timers in round " + round, async () => {
      work = () => Promise.resolve("fine");
      assert.equal(await call(), "fine");
      work = () => new Promise(() => {});
    });
  }
`;

test("under Node's own test runner its mocked timers move every timeout, test after test", async () => {
  const output = await runUnderNode("ticking", ticking);
  expect(output).toMatch(/^# pass 4$/m);
  expect(output).toMatch(/^# fail 0$/m);
}, 30_000);

async function underNode(name: string, store: string): Promise<string> {
  return runUnderNode(name, script(store));
}

async function runUnderNode(name: string, text: string): Promise<string> {
  const folder = join(root, "test/.work/any-runner");
  const file = join(folder, `${name}.mjs`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, text);
  const args = ["--test", "--test-reporter=tap", file];
  // Without this Node's runner thinks that it runs within itself.
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
  const { stdout } = await run(process.execPath, args, { env }).catch((error: { stdout: string }) => error);
  return stdout;
}

test("the kit runs under Node's own test runner, from the built package", async () => {
  const output = await underNode("right", "memory");
  expect(output).toMatch(/^# pass 20$/m);
  expect(output).toMatch(/^# fail 0$/m);
});

test("where a store that answers rubbish fails, in words", async () => {
  const output = await underNode("wrong", "{ step: async () => ({}) }");
  expect(output).toMatch(/^# pass 0$/m);
  expect(output).toMatch(/^# skipped 4$/m);
  expect(output).toContain("SKIP this store has no list");
  expect(output).toContain("cannot be believed");
});
