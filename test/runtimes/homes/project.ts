import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type BuildOptions } from "esbuild";
import { pack, run } from "../../package/packed.ts";
import { bundle, root } from "../bundle.ts";

/** A project with the packed package in it, as npm installs it, and the suite beside it: one file of plain JavaScript. */
export interface Project {
  readonly folder: string;
  /** A module of the project's own: `suite.mjs` is beside it. */
  readonly write: (file: string, contents: string) => Promise<string>;
  /** One script of such a module, the package and the suite, as this home's bundler makes it. */
  readonly bundle: (contents: string, options: BuildOptions) => Promise<string>;
  readonly remove: () => Promise<void>;
}

const suite = `
  import * as main from "next-protego";
  import * as options from "next-protego/options";
  import * as next from "next-protego/next";
  import * as dashboard from "next-protego/dashboard";
  import * as openTelemetry from "next-protego/otel";
  import * as redis from "next-protego/redis";
  import * as store from "next-protego/store";
  import * as testing from "next-protego/testing";
  import * as upstash from "next-protego/upstash";
  import { perform } from "./suite/perform.ts";
  const api = { ...main, ...options, ...next, ...dashboard, ...openTelemetry, ...redis, ...store, ...testing, ...upstash };
  export const suite = (upstream, equipment) => perform(api, upstream, equipment);
`;

export async function createProject(): Promise<Project> {
  const work = join(root, "test/.work");
  await mkdir(work, { recursive: true });
  const folder = await mkdtemp(join(work, "homes-"));
  const packed = await pack();
  const flags = ["--no-audit", "--no-fund", "--no-package-lock", "--prefix", folder];
  await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  await run("npm", ["install", ...flags, packed.tarball], { cwd: folder, timeout: 120_000 });
  await packed.remove();
  const write = async (file: string, contents: string): Promise<string> => {
    await writeFile(join(folder, file), contents);
    return join(folder, file);
  };
  await write("suite.mjs", await bundle(suite, { format: "esm", external: ["next-protego*"] }));
  return {
    folder,
    write,
    async bundle(contents, options) {
      const { outputFiles } = await build({
        stdin: { contents, resolveDir: folder },
        absWorkingDir: folder,
        bundle: true,
        write: false,
        target: "es2022",
        platform: "neutral",
        logLevel: "warning",
        tsconfigRaw: "{}",
        ...options,
      });
      return outputFiles![0]!.text;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
