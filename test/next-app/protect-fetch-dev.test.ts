import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, appAt } from "./harness/app.ts";
import { prepareFixture } from "./harness/fixture.ts";
import { startNext } from "./harness/next-server.ts";
import { nextBinary } from "./harness/repository.ts";
import { startUpstream } from "./harness/upstream.ts";
import { edgeRoute, page, type Place, refused, route } from "./protect-fetch/told.ts";

const build = { exitCode: 0, output: "", routes: new Map() };

describe.each([["Turbopack", "--turbopack"]])("next dev with %s", (bundler, flag) => {
  let app: App;
  beforeAll(async () => {
    const upstream = await startUpstream();
    const folder = await prepareFixture("protect-fetch", `protect-fetch-dev-${bundler.toLowerCase()}`);
    const server = await startNext(folder, { UPSTREAM: upstream.url }, nextBinary, ["dev", flag]);
    app = appAt({ folder, build, upstream }, server);
  }, 60_000);
  afterAll(() => app?.stop());

  let count = 0;
  async function isProtected(call: Place): Promise<void> {
    const path = `/dev-${++count}`;
    app.upstream.set(path, 500);
    for (let calls = 0; calls < 2; calls++) {
      expect(await call(app, `path=${path}`)).toMatchObject({ status: 500 });
    }
    expect(await call(app, `path=${path}`)).toMatchObject(refused);
    expect(app.upstream.hits(path)).toBe(2);
  }

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

  test.each(places)("%s is protected", async (_, call) => isProtected(call), 60_000);

  test("after each edit of a page, too", async () => {
    for (const mark of ["first", "second"]) {
      // oxlint-disable-next-line no-await-in-loop
      await edit("app/memo/page.tsx", "<main", `<main data-edit="${mark}"`, async () =>
        (await app.text("/memo?path=/edited")).includes(`data-edit="${mark}"`),
      );
      for (const [, call] of places) await isProtected(call);
    }
  }, 60_000);

  test("after each edit of a library that all of them use, too", async () => {
    for (const mark of ["first", "second"]) {
      // oxlint-disable-next-line no-await-in-loop
      await edit("lib/call.ts", "return { status:", `return { ${mark}: true, status:`, async () =>
        (await app.text("/api/call?path=/edited")).includes(mark),
      );
      for (const [, call] of places) await isProtected(call);
    }
  }, 60_000);
});
