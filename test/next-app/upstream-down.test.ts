import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type Build, buildFixture, prepareFixture } from "./harness/fixture.ts";
import { startUpstream } from "./harness/upstream.ts";

let folder: string;
let unreachable: string;

beforeAll(async () => {
  folder = await prepareFixture("upstream-down");
  const upstream = await startUpstream();
  unreachable = upstream.url;
  await upstream.close();
}, 60_000);

const build = (env: Partial<NodeJS.ProcessEnv>): Promise<Build> =>
  buildFixture(folder, { ...env, UPSTREAM: unreachable });

/** Of a failed build: what failed and why. Which of the pages fails first differs from run to run. */
function failureOf({ output }: Build): string[] {
  return output
    .split("\n")
    .filter((line) => /^\[?\w*Error|^Error occurred|ECONNREFUSED|exited with code|PROTEGO/.test(line.trim()))
    .map((line) =>
      line
        .trim()
        .replaceAll(/\d+/g, "#")
        .replace(/"\/\w+"/, "a page"),
    )
    .sort();
}

describe("next build with the upstream down", () => {
  test("fails as it does without the package", async () => {
    const bare = await build({ BARE: "1" });
    const guarded = await build({});
    expect(bare.exitCode).toBe(1);
    expect(guarded.exitCode).toBe(bare.exitCode);
    expect(failureOf(bare)).not.toEqual([]);
    expect(failureOf(guarded)).toEqual(failureOf(bare));
    expect(guarded.output).not.toMatch(/CircuitOpenError|PROTEGO/);
  }, 90_000);

  test("refuses nothing: pages that handle the failure all get the upstream's own", async () => {
    const bare = await build({ BARE: "1", CATCHES: "1" });
    const guarded = await build({ CATCHES: "1" });
    expect(guarded.exitCode).toBe(0);
    expect(guarded.output).not.toMatch(/CircuitOpenError|PROTEGO/);
    expect(guarded.routes.get("/four")?.mark).toBe("●");
    expect([...guarded.routes]).toEqual([...bare.routes]);
    const pages = ["one", "two", "three", "four"].map((page) =>
      join(folder, `.next/server/app/${page}.html`),
    );
    for (const page of pages) expect(await readFile(page, "utf8")).toContain("caught <!-- -->fetch failed");
  }, 90_000);
});
