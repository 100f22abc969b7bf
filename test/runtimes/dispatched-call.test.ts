import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { bundle, root } from "./bundle.ts";
import { fetchNode, type FoundNode } from "./node-20.ts";

const entry = `
  import { run } from "./dispatched-call.ts";
  const seen = await run();
  process.stdout.write(JSON.stringify(seen), () => process.exit(0));
`;

const missing = (line: string): FoundNode => ({ reason: `npm could not fetch a Node ${line}` });

/** One of every line: each has another undici, and hands another kind of handler to dispatchers. */
const lines: Record<string, () => Promise<FoundNode>> = {
  "Node 20.9": async () => (await fetchNode("20.9.0")) ?? missing("20.9"),
  "Node 22": async () => (await fetchNode("22.23.3")) ?? missing("22"),
  "the pinned Node": async () => ({ path: process.execPath, version: process.version }),
  "Node 26": async () => (await fetchNode("26.10.0")) ?? missing("26"),
};

const ended = { error: "TimeoutError", told: true, closed: true };

// Fails when a Node tells its own fetch otherwise, has its dispatcher elsewhere, or ends calls in another way.
test.for(Object.keys(lines))("on %s calls end at their deadline without a signal", async (line, { skip }) => {
  const node = await lines[line]!();
  if (node.path === undefined) return skip(node.reason);
  const folder = join(root, "test/.work/runtimes");
  await mkdir(folder, { recursive: true });
  const script = join(folder, `dispatched-call-${process.pid}.mjs`);
  await writeFile(
    script,
    await bundle(entry, { format: "esm", platform: "node", external: ["next-protego"] }),
  );
  const { stdout } = await promisify(execFile)(node.path, [script], { env: { NODE_ENV: "test" } });
  expect(JSON.parse(stdout)).toEqual({
    hangs: ended,
    "hangs after a redirect": ended,
    "has sent its body": ended,
    "has sent half of its body": ended,
    "is answered": "/answer",
    signals: 0,
    "signals with a Request": 1,
  });
});
