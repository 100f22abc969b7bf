import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { codeBlocks } from "../docs/code-blocks.ts";
import { root } from "../package/packed.ts";

/** Writes a code block of docs/stores.md to a file, as a reader would. @returns the file's path */
export function recipe(path: string): string {
  const block = codeBlocks("docs/stores.md").find((one) => one.path === path);
  if (!block) throw new Error(`docs/stores.md shows no ${path}`);
  const file = join(root, "test/.work/recipes", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, block.code);
  return file;
}

/** The SQL that docs/stores.md shows. */
export function sqlOfRecipe(): string {
  const text = readFileSync(join(root, "docs/stores.md"), "utf8");
  return /^```sql\n([\s\S]*?)^```/m.exec(text)![1]!;
}
