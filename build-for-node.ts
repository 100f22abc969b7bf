import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

/**
 * Makes `dist/node` of what the compiler has made: few files, for whoever does not bundle. Opening a file for each idea takes
 * Node several times as long as reading them.
 */
const dist = fileURLToPath(new URL("dist/", import.meta.url));
const names = readdirSync(dist)
  .filter((file) => file.endsWith(".js"))
  .map((file) => file.slice(0, -3));

/**
 * Who imports another entry imports the main one too. So each one is said to do so, and all that the main entry is made of
 * comes to lie in one file, instead of one for each set of entries that share it.
 */
const entries: Plugin = {
  name: "entries",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^entry:/ }, ({ path }) => ({ path: path.slice(6), namespace: "entry" }));
    onLoad({ filter: /./, namespace: "entry" }, ({ path: name }) => ({
      contents: `import "./index.js"; export * from "./${name}.js";`,
      resolveDir: dist,
    }));
  },
};

await build({
  entryPoints: names.map((name) => ({ in: `entry:${name}`, out: name })),
  plugins: [entries],
  outdir: `${dist}node`,
  bundle: true,
  splitting: true,
  chunkNames: "part-[hash]",
  format: "esm",
  platform: "neutral",
  // What an import of `#…` leads to in Node.
  conditions: ["node"],
  target: "es2022",
  // `sideEffects: false` would take those imports away again.
  ignoreAnnotations: true,
  sourcemap: true,
  sourcesContent: false,
  // Those of the repository map imports to the source.
  tsconfigRaw: "{}",
  logLevel: "warning",
});
