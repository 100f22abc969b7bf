import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { bundle, root } from "./bundle.ts";
import type { Report, Shown } from "./callers-stack.ts";
import { findNode20 } from "./node-20.ts";

const node20 = await findNode20();

const entry = `
  import { run } from "./callers-stack.ts";
  const report = await run();
  process.stdout.write(JSON.stringify(report), () => process.exit(0));
`;

type Mode = "production" | "test" | "development";

async function inChild(node: string, mode: Mode): Promise<Report> {
  const folder = join(root, "test/.work/runtimes");
  await mkdir(folder, { recursive: true });
  const script = join(folder, `callers-stack-${process.pid}.mjs`);
  await writeFile(
    script,
    await bundle(entry, { format: "esm", platform: "node", external: ["next-protego"] }),
  );
  const { stdout } = await promisify(execFile)(node, [script], { env: { NODE_ENV: mode as "test" } });
  return JSON.parse(stdout.slice(stdout.indexOf('{"shown"'))) as Report;
}

/** Frames that the plain function's stack has and ours has not. */
function missing({ plain, ours }: Shown): string[] {
  return plain.filter((frame) => !ours.includes(frame));
}

describe.each([
  { version: "Node 20", node: node20.path, reason: node20.reason },
  { version: "the pinned Node", node: process.execPath, reason: undefined },
])("on $version", ({ node, reason }) => {
  test.for(["production", "test", "development"] as const)(
    "errors show the caller's frames as without the package, in %s",
    async (mode, { skip }) => {
      if (node === undefined) return skip(reason);
      const { shown } = await inChild(node, mode);
      // A refusal has no stack in production: collecting it would cost more than all the rest of it.
      const told = shown.filter(({ what }) => mode !== "production" || !what.startsWith("a refusal"));
      for (const one of told)
        expect({ what: one.what, missing: missing(one) }).toEqual({ what: one.what, missing: [] });
      const timeouts = shown.filter(({ what }) => what.startsWith("a timeout"));
      expect(timeouts).toHaveLength(3);
      for (const { ours, message } of timeouts) {
        expect(ours).toEqual(expect.arrayContaining(["load", "page", "visit"]));
        expect(message).toMatch(/circuit \d+.* took longer than 20 ms/);
      }
    },
  );

  test("in development every error leads to the caller's line, once", async ({ skip }) => {
    if (node === undefined) return skip(reason);
    const { shown } = await inChild(node, "development");
    const calls = shown.map(({ what, ours }) => ({
      what,
      load: ours.filter((frame) => frame === "load").length,
    }));
    expect(calls).toEqual(shown.map(({ what }) => ({ what, load: 1 })));
  });

  test("in production a call collects no stack", async ({ skip }) => {
    if (node === undefined) return skip(reason);
    expect((await inChild(node, "production")).captured).toBe(0);
    expect((await inChild(node, "development")).captured).toBeGreaterThan(0);
  });
});
