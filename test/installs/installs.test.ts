import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pack, type Packed, run } from "../package/packed.ts";
import { projects } from "./projects.ts";

/** They fetch hundreds of packages: only in `npm run test:installs`. */
const wanted = process.env["INSTALLS"] === "all" ? projects : [];

let packed: Packed | undefined;
beforeAll(async () => {
  if (wanted.length > 0) packed = await pack();
}, 60_000);
afterAll(() => packed?.remove());

describe.each(wanted)("installed for $name", ({ packages, files, command, made }) => {
  test("it does what it does", async () => {
    // Not below the repository, whose own packages would be found.
    const folder = await mkdtemp(join(tmpdir(), "next-protego-install-"));
    await writeFile(join(folder, "package.json"), `{ "private": true }`);
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    }
    const flags = ["--no-audit", "--no-fund", "--prefix", folder];
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, CI: "1", NODE_ENV: "test" as const };
    const failure = await run("npm", ["install", ...flags, ...packages, packed!.tarball], { cwd: folder })
      .then(() => run(process.execPath, [...command], { cwd: folder, env }))
      .then((ran) => (made === undefined ? ran : run(process.execPath, [made], { cwd: folder, env })))
      .then(
        () => undefined,
        ({ stdout, stderr, message }: { stdout?: string; stderr?: string; message: string }) =>
          [message, stdout, stderr].join("\n").slice(0, 4000),
      );
    await rm(folder, { recursive: true, force: true });
    expect(failure).toBeUndefined();
  }, 300_000);
});

test("each project has a name of its own", () => {
  expect(new Set(projects.map(({ name }) => name)).size).toBe(projects.length);
});
