import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, appAt } from "./harness/app.ts";
import { prepareFixture } from "./harness/fixture.ts";
import { startNext } from "./harness/next-server.ts";
import { nextBinary } from "./harness/repository.ts";
import { startUpstream } from "./harness/upstream.ts";
import { edgeRoute, page, type Place, route } from "./protect-fetch/told.ts";

const build = { exitCode: 0, output: "", routes: new Map() };

describe.each([["Turbopack", "--turbopack"]])("next dev with %s", (bundler, flag) => {
  let app: App;
  beforeAll(async () => {
    const upstream = await startUpstream();
    const folder = await prepareFixture("protect-fetch", `protect-fetch-dev-${bundler.toLowerCase()}`);
    const server = await startNext(folder, { UPSTREAM: upstream.url }, nextBinary, {
      command: ["dev", flag],
    });
    app = appAt({ folder, build, upstream }, server);
  }, 60_000);
  afterAll(() => app?.stop());

  let count = 0;
  /** Three calls of a path that fails: what came of them, and how many went out. */
  async function threeCalls(call: Place): Promise<unknown[]> {
    const path = `/dev-${++count}`;
    app.upstream.set(path, 500);
    const first = await call(app, `path=${path}`);
    const second = await call(app, `path=${path}`);
    const third = await call(app, `path=${path}`);
    return [first.status, second.status, third.error, app.upstream.hits(path)];
  }
  const protectedCalls = [500, 500, "CircuitOpenError", 2];

  /** Edits a file as a developer does, and waits until the server serves the new one. */
  async function edit(file: string, from: string, to: string, shown: () => Promise<boolean>): Promise<void> {
    const place = join(app.folder, file);
    const text = await readFile(place, "utf8");
    expect(text).toContain(from);
    await writeFile(place, text.replace(from, to));
    await expect.poll(shown, { timeout: 30_000, interval: 200 }).toBe(true);
  }

  const places: Array<[string, Place]> = [
    ["a route", route],
    ["a page", page],
    ["an edge route", edgeRoute],
  ];

  test.each(places)("%s is protected", async (_, call) => {
    expect(await threeCalls(call)).toEqual(protectedCalls);
  });

  test.each(["first", "second"])("so are all of them after the %s edit of a page", async (mark) => {
    const isShown = async () => (await app.text("/memo?path=/edited")).includes(`data-edit-${mark}`);
    await edit("app/memo/page.tsx", "<main", `<main data-edit-${mark}="1"`, isShown);
    for (const [, call] of places) {
      // oxlint-disable-next-line no-await-in-loop
      expect(await threeCalls(call)).toEqual(protectedCalls);
    }
  });

  test.each(["first", "second"])("and after the %s edit of a library of theirs", async (mark) => {
    const isShown = async () => (await app.text("/api/call?path=/edited")).includes(mark);
    await edit("lib/call.ts", "status: response", `${mark}: true, status: response`, isShown);
    for (const [, call] of places) {
      // oxlint-disable-next-line no-await-in-loop
      expect(await threeCalls(call)).toEqual(protectedCalls);
    }
  });
});
