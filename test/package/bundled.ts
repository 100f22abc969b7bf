import { build, type Metafile } from "esbuild";
import { gzipSync } from "node:zlib";
import { root } from "./packed.ts";

export interface Bundled {
  readonly code: string;
  readonly metafile: Metafile;
  readonly minifiedBytes: number;
  readonly gzippedBytes: number;
}

/**
 * What a user's bundler makes of a line that uses the built package. Neutral platform: a built-in of Node
 * would not resolve. Next and `@upstash/redis` are the user's own.
 *
 * @param environment what is put in the place of `process.env.NODE_ENV`, as Next, Vite and Wrangler do it
 */
export async function bundled(
  source: string,
  conditions: string[] = [],
  environment?: "production" | "development",
): Promise<Bundled> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    external: ["next/*", "@upstash/redis", "cloudflare:*"],
    logLevel: "silent",
    // Ours maps imports of the package to its source.
    tsconfigRaw: "{}",
    conditions,
    define: environment ? { "process.env.NODE_ENV": JSON.stringify(environment) } : {},
  });
  const { text, contents } = outputFiles[0]!;
  const gzippedBytes = gzipSync(contents, { level: 9 }).length;
  return { code: text, metafile, minifiedBytes: contents.length, gzippedBytes };
}
