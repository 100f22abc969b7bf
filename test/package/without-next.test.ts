import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type Format, type Platform } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { manifest, pack, type Packed, run } from "./packed.ts";

/** An app of another framework's server components: it sets `react-server` and has no Next. */
const app = `
  import { circuits, createProtectedFetch, protect, withProtego } from "next-protego";
  const double = protect((amount) => Promise.resolve(amount * 2), { name: "double" });
  const fetch = createProtectedFetch({ name: "down", fetch: () => Promise.reject(new Error("down")) });
  const GET = withProtego(() => fetch("http://down/"), { name: "GET /down" });
  async function use() {
    for (let i = 0; i < 3; i++) await fetch("http://down/").catch(() => {});
    console.log(await double(21), circuits.get("down").state, (await GET()).status);
  }
  void use();
`;
const printed = "42 open 503\n";

let packed: Packed;
beforeAll(async () => {
  packed = await pack();
  const target = join(packed.folder, "node_modules/next-protego");
  await mkdir(target, { recursive: true });
  await run("tar", ["-xzf", packed.tarball, "--strip-components", "1", "-C", target]);
  await writeFile(join(packed.folder, "app.mjs"), app);
}, 60_000);
afterAll(() => packed.remove());

const output = async (...args: string[]): Promise<string> =>
  (await run(process.execPath, args, { cwd: packed.folder })).stdout;

describe("with the react-server condition and no Next installed", () => {
  test("Node loads the package", async () => {
    expect(await output("--conditions", "react-server", "app.mjs")).toBe(printed);
  });

  const platforms: Platform[] = ["node", "browser", "neutral"];
  const formats: Format[] = ["esm", "cjs", "iife"];
  test.for(platforms.flatMap((platform) => formats.map((format) => ({ platform, format }))))(
    "esbuild's bundle for $platform as $format builds without a warning, and runs",
    async ({ platform, format }) => {
      const outfile = `${platform}-${format}.${format === "esm" ? "mjs" : "cjs"}`;
      const { warnings } = await build({
        absWorkingDir: packed.folder,
        entryPoints: ["app.mjs"],
        bundle: true,
        conditions: ["react-server"],
        logLevel: "silent",
        platform,
        format,
        outfile,
      });
      expect(warnings).toEqual([]);
      expect(await output(outfile)).toBe(printed);
    },
  );
});

type Target = string | { readonly [condition: string]: Target };

/** As `resolve.exports` does, and so Vite: the first condition that is set is followed, and there is no way back. */
function resolved(target: Target, conditions: ReadonlySet<string>): string | undefined {
  if (typeof target === "string") return target;
  const [, next] = Object.entries(target).find(([name]) => name === "default" || conditions.has(name)) ?? [];
  return next === undefined ? undefined : resolved(next, conditions);
}

function conditionsIn(target: Target): string[] {
  if (typeof target === "string") return [];
  return Object.entries(target).flatMap(([name, next]) => [name, ...conditionsIn(next)]);
}

test("whatever conditions a bundler sets, each import of our own leads to a file, without ever going back", async () => {
  const imports = Object.entries((await manifest()).imports as Record<string, Target>);
  for (const [name, target] of imports) {
    const known = [...new Set(conditionsIn(target))].filter((one) => one !== "default" && one !== "types");
    for (let choice = 0; choice < 2 ** known.length; choice++) {
      const set = new Set(known.filter((_, index) => choice & (2 ** index)));
      expect(resolved(target, set), `${name} with ${[...set].join(", ")}`).toMatch(/^\.\/dist\/.+\.c?js$/);
    }
  }
});
