import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../package/packed.ts";

export interface CodeBlock {
  /** README.md, docs/recipes.md, … */
  readonly document: string;
  /** Where it says that it stands, or a name by its number. */
  readonly path: string;
  readonly code: string;
}

export const documents = [
  "README.md",
  ...["docs", "docs/errors"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `${folder}/${name}`),
  ),
];

/** The TypeScript of a document. A first line such as `// app/page.tsx` says which file it is. */
export function codeBlocks(document: string): CodeBlock[] {
  const text = readFileSync(join(root, document), "utf8");
  const seen = new Set<string>();
  return [...text.matchAll(/^```(tsx?)\n([\s\S]*?)^```/gm)].map(([, language, code], index) => {
    const path = /^\/\/ ([\w@./[\]-]+\.tsx?)(?::.*)?\n/.exec(code!)?.[1] ?? `block-${index + 1}.${language}`;
    // The same file shown another way stands beside the first one.
    const place = seen.has(path) ? `again-${index + 1}/${path}` : path;
    seen.add(path);
    return { document, path: place, code: code! };
  });
}
