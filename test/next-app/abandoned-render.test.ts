import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, appAt } from "./harness/app.ts";
import { prepareFixture } from "./harness/fixture.ts";
import { startNext } from "./harness/next-server.ts";
import { outputs } from "./harness/outputs.ts";
import { nextBinary } from "./harness/repository.ts";
import { startUpstream } from "./harness/upstream.ts";

let app: App;

beforeAll(async () => {
  const upstream = await startUpstream();
  const folder = await prepareFixture("cache-components", "abandoned-render");
  const env = { UPSTREAM: upstream.url };
  const server = await startNext(folder, env, nextBinary, { command: ["dev"] });
  app = appAt({ folder, build: undefined as never, upstream }, server);
}, 60_000);
afterAll(() => app?.stop());

/** A cold cache makes Next's development server begin the render anew, and end what waits in the first one. */
test("calls of a render that Next gives up do not count, nor do functions that make them", async () => {
  const shown = outputs(await app.text("/given-up"));
  expect(shown.toSorted()).toEqual([
    "answer 1 of /cc-given-up",
    "answer 1 of /cc-given-up-fn",
    "answer 1 of /cc-missing",
  ]);
  for (const name of ["fetch", "function"]) {
    const { totals } = (await app.circuit(name))!;
    expect(totals).toMatchObject({ failed: 0 });
    expect(totals.ignored).toBeGreaterThan(0);
  }
}, 60_000);
