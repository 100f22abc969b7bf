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

async function underNode(name: string, store: string): Promise<string> {
  const folder = join(root, "test/.work/any-runner");
  const file = join(folder, `${name}.mjs`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, script(store));
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
