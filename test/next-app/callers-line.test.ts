import { createServer, type Server } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findNode20 } from "../runtimes/node-20.ts";
import { buildFixture, prepareFixture } from "./harness/fixture.ts";
import { type NextServer, startNext } from "./harness/next-server.ts";
import { nextBinary } from "./harness/repository.ts";

let folder: string;
let hung: Server;
let env: Partial<NodeJS.ProcessEnv>;

beforeAll(async () => {
  folder = await prepareFixture("callers-line");
  hung = createServer(() => {}).listen(0, "127.0.0.1");
  await once(hung, "listening");
  const { port } = hung.address() as AddressInfo;
  // A reserved port that nobody uses and fetch does not block.
  env = { UPSTREAM: "http://127.0.0.1:2/", HUNG: `http://127.0.0.1:${port}/` };
}, 60_000);
afterAll(() => {
  hung?.close();
});

/** What the server prints for a page that meets this, up to this. */
async function printed(server: NextServer, how: string, end: RegExp): Promise<string> {
  const before = server.log().length;
  expect((await fetch(`${server.url}/${how}`)).status).toBe(500);
  await expect.poll(() => server.log().slice(before), { timeout: 10_000 }).toMatch(end);
  return server.log().slice(before);
}

test("next dev shows the line of the page that called, and its code", async () => {
  const server = await startNext(folder, env, nextBinary, { command: ["dev"] });
  try {
    // Not the timeout: Next itself fails at a DOMException here, fetch's own included.
    for (const [how, message] of [
      ["network", "fetch failed"],
      ["refusal", "Retry in 60 s\\."],
    ] as const) {
      const output = await printed(server, how, /GET .* 500/);
      expect(output).toMatch(
        new RegExp(`${message}\n +at (async )?Page \\(app/\\[how\\]/page\\.tsx:7:\\d+\\)`),
      );
      expect(output).toMatch(/> +7 \|   const response = await load\(url\);/);
    }
  } finally {
    await server.stop();
  }
}, 60_000);

test("next start shows the frames that it shows of plain fetch", async ({ skip }) => {
  const node20 = await findNode20();
  // Newer ones show nothing of the caller for plain fetch.
  if (node20.path === undefined) return skip(node20.reason);
  const { exitCode, output } = await buildFixture(folder, env);
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  const server = await startNext(folder, env, nextBinary, { node: node20.path });
  const frames = async (how: string): Promise<string[]> =>
    (await printed(server, how, /digest: [^]*?\n\}/)).match(/at .*\.next\/server\/.*/g) ?? [];
  try {
    const plain = await frames("plain");
    expect(plain).not.toEqual([]);
    for (const how of ["network", "timeout"]) {
      expect(await frames(how)).toEqual(expect.arrayContaining(plain));
    }
  } finally {
    await server.stop();
  }
}, 120_000);
