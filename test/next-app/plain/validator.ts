import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { App } from "../harness/app.ts";
import { nextBinary, repository } from "../harness/repository.ts";
import { run } from "../harness/run.ts";

const wrong = `import { withProtego } from "next-protego";
export const GET = withProtego(async (_request, { params }: { params: Promise<{ nope: string }> }) =>
  Response.json((await params).nope));
`;

export function validator(app: () => App): void {
  test("the build type-checked every wrapped handler", () => {
    expect(app().build.output).toContain("Finished TypeScript");
  });

  test("Next's validator still rejects a wrapped handler with the wrong params", async () => {
    const { folder } = app();
    const route = join(folder, "app/api/wrong/[id]");
    await mkdir(route, { recursive: true });
    await writeFile(join(route, "route.ts"), wrong);
    try {
      const env = { FIXTURE_ROOT: repository };
      const generated = await run(process.execPath, [nextBinary, "typegen"], folder, env);
      expect(generated).toMatchObject({ exitCode: 0 });
      const tsc = join(repository, "node_modules/typescript/bin/tsc");
      const checked = await run(process.execPath, [tsc, "-p", "tsconfig.json"], folder);
      expect(checked.exitCode).not.toBe(0);
      const errors = checked.output.split("\n").filter((line) => line.includes("error TS"));
      expect(errors).toHaveLength(1);
      expect(errors[0]).toContain("validator.ts");
      expect(checked.output).toContain("nope");
    } finally {
      await rm(join(folder, "app/api/wrong"), { recursive: true });
    }
  }, 60_000);
}
