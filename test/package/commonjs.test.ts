import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findNode20 } from "../runtimes/node-20.ts";
import { manifest, pack, type Packed, run } from "./packed.ts";

const node20 = await findNode20();
let packed: Packed;
beforeAll(async () => {
  packed = await pack();
  const target = join(packed.folder, "node_modules/next-protego");
  await mkdir(target, { recursive: true });
  await run("tar", ["-xzf", packed.tarball, "--strip-components", "1", "-C", target]);
}, 60_000);
afterAll(() => packed.remove());

async function entries(): Promise<string[]> {
  const { exports } = await manifest();
  return Object.keys(exports as object)
    .filter((entry) => entry !== "./package.json")
    .map((entry) => `next-protego${entry.slice(1)}`);
}

/** What a script that says `require` prints, as JSON. */
async function printed(node: string, script: string, flags: string[] = []): Promise<unknown> {
  const file = join(packed.folder, "script.cjs");
  await writeFile(file, script);
  return JSON.parse((await run(node, [...flags, file], { cwd: packed.folder })).stdout);
}

describe.each([
  // The oldest that is promised has no require() of an ES module.
  { name: "Node 20.9", node: node20.path, flags: [], missing: node20.reason },
  { name: `Node ${process.versions.node}`, node: process.execPath, flags: [], missing: undefined },
  {
    name: "a runner of tests that knows no more conditions than require",
    node: process.execPath,
    flags: ["--no-experimental-require-module"],
    missing: undefined,
  },
])("required, in $name", ({ node = "", flags, missing }) => {
  test("every entry gives what an import gives", async ({ skip }) => {
    if (missing !== undefined) skip(missing);
    const script = `
      const names = ${JSON.stringify(await entries())};
      void (async () => {
        const differ = [];
        for (const name of names) {
          const imported = Object.keys(await import(name)).sort().join();
          const required = Object.keys(require(name)).sort().join();
          if (imported !== required) differ.push({ name, imported, required });
        }
        console.log(JSON.stringify(differ));
      })();
    `;
    expect(await printed(node, script, flags)).toEqual([]);
  });

  test("circuits are the same for whoever imports and whoever requires", async ({ skip }) => {
    if (missing !== undefined) skip(missing);
    const script = `
      const required = require("next-protego");
      const { isCircuitOpenError, CircuitOpenError } = require("next-protego/errors");
      void (async () => {
        const imported = await import("next-protego");
        const failing = required.protect(() => Promise.reject(new Error("down")), { name: "shared" });
        for (let i = 0; i < 3; i++) await failing().catch(() => {});
        const error = await imported.protect(() => Promise.resolve(1), { name: "shared" })().catch((refusal) => refusal);
        const heard = [];
        imported.circuits.subscribe((event) => heard.push(event.type));
        required.circuits.get("shared").close();
        console.log(JSON.stringify({
          state: imported.circuits.get("shared").state,
          isRefusal: isCircuitOpenError(error),
          isOneClass: CircuitOpenError === required.CircuitOpenError,
          heard,
        }));
      })();
    `;
    expect(await printed(node, script, flags)).toEqual({
      state: "closed",
      isRefusal: true,
      isOneClass: true,
      heard: ["circuit.changed"],
    });
  });
});
