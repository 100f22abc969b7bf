import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inEdgeRuntime } from "./in-edge-runtime.ts";
import { inNode } from "./in-node.ts";
import { inWorkerd } from "./in-workerd.ts";
import { findNode20 } from "./node-20.ts";
import { checks, type Result } from "./suite/perform.ts";
import type { Upstream } from "./suite/check.ts";
import { type RunningUpstream, startUpstream } from "./upstream.ts";

const node20 = await findNode20();

interface Runtime {
  readonly name: string;
  readonly run: (upstream: Upstream) => Promise<Result[]>;
  /** Why it cannot be tested here. */
  readonly missing?: string;
}

const runtimes: Runtime[] = [
  node20.path === undefined
    ? { name: "Node 20", run: () => Promise.resolve([]), missing: node20.reason }
    : { name: `Node ${node20.version.slice(1)}`, run: (upstream) => inNode(node20.path, upstream) },
  { name: `Node ${process.versions.node}`, run: (upstream) => inNode(process.execPath, upstream) },
  { name: "the edge runtime", run: inEdgeRuntime },
  { name: "workerd", run: inWorkerd },
];

describe.each(runtimes)("in $name", ({ run, missing }) => {
  let upstream: RunningUpstream | undefined;
  let results: Map<string, Result>;

  beforeAll(async () => {
    if (missing !== undefined) return;
    upstream = await startUpstream();
    results = new Map((await run(upstream)).map((result) => [result.name, result]));
  }, 180_000);
  afterAll(() => upstream?.close());

  test.for(checks.map(({ name }) => name))("%s", (name, { skip }) => {
    if (missing !== undefined) skip(missing);
    expect(results.get(name)).toEqual({ name, ok: true });
  });
});

test("every check has a name of its own", () => {
  expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
});
