import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

/**
 * Makes `dist/commonjs` of what the compiler has made, for whoever still says `require`: Node before 20.19, Jest, TypeScript's
 * older resolutions. Parts that entries share are in one file each, so that loading two entries makes nothing twice. What circuits
 * are kept in lies on `globalThis` anyway: an import and a require of one process work on the same.
 */
const dist = fileURLToPath(new URL("dist/", import.meta.url));
const out = join(dist, "commonjs");
const entries = readdirSync(dist)
  .filter((file) => /^[a-z-]+\.js$/.test(file))
  .map((file) => file.slice(0, -3));

rmSync(out, { recursive: true, force: true });
const { outputFiles } = await build({
  entryPoints: entries.map((name) => join(dist, `${name}.js`)),
  outdir: out,
  outExtension: { ".js": ".cjs" },
  bundle: true,
  splitting: true,
  chunkNames: "part-[hash]",
  format: "esm",
  platform: "neutral",
  // What an import of `#…` leads to in Node.
  conditions: ["node"],
  target: "es2022",
  write: false,
  // Those of the repository map imports to the source.
  tsconfigRaw: "{}",
  logLevel: "warning",
});
for (const { path, text } of outputFiles) {
  const { code } = await transform(text, { format: "cjs", target: "es2022", platform: "node" });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, code);
}

/** The same types, as those of CommonJS: TypeScript takes none of a module's for those of a `require`. */
const wanted = entries.map((name) => `${name}.ts`);
for (const file of wanted) {
  const types = readFileSync(join(dist, file.replace(/ts$/, "d.ts")), "utf8");
  const copy = types
    .replace(
      /((?:from|import\()\s*["'])(\.[^"']+)\.(c?)ts(["'])/g,
      (_, before: string, path: string, common: string, after: string) => {
        const other = posix.join(posix.dirname(file), `${path}.${common}ts`);
        if (!wanted.includes(other)) wanted.push(other);
        return `${before}${path}.cts${after}`;
      },
    )
    .replace(/\n?\/\/# sourceMappingURL=.*/, "");
  const path = join(out, file.replace(/ts$/, "d.cts"));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, copy);
}
