import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as ApiExtractor from "@microsoft/api-extractor";
import { root } from "./packed.ts";

// A CommonJS module whose names Node cannot see.
const require = createRequire(import.meta.url);
const { Extractor, ExtractorConfig } = require("@microsoft/api-extractor") as typeof ApiExtractor;

/** One thing that an entry exports, or one member of it. */
export interface ApiItem {
  readonly kind: string;
  readonly name: string;
  readonly docComment?: string;
  readonly excerptTokens?: ReadonlyArray<{ readonly text: string }>;
  readonly propertyTypeTokenRange?: { readonly startIndex: number; readonly endIndex: number };
  readonly members?: readonly ApiItem[];
}

export interface PublicApi {
  /** Every declaration that an app can see, as text. */
  readonly report: string;
  readonly items: readonly ApiItem[];
  /** Types that signatures name and the entry does not export. */
  readonly forgotten: readonly string[];
}

const known = new Map<string, PublicApi>();

/** What the built entry declares. */
export function publicApi(entry: string): PublicApi {
  const api = known.get(entry) ?? extracted(entry);
  known.set(entry, api);
  return api;
}

function extracted(entry: string): PublicApi {
  const folder = join(root, "test/.work/api", entry);
  mkdirSync(folder, { recursive: true });
  const declarations = join(root, `dist/${entry}.d.ts`);
  const forgotten: string[] = [];
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: declarations,
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: "es2022",
            lib: ["es2023", "dom"],
            module: "esnext",
            moduleResolution: "bundler",
            strict: true,
            skipLibCheck: true,
            types: ["node"],
          },
          include: [declarations],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: `${entry}.api.md`,
        reportFolder: folder,
        reportTempFolder: folder,
      },
      docModel: { enabled: true, apiJsonFilePath: join(folder, "model.json") },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, "package.json"),
  });
  Extractor.invoke(config, {
    localBuild: true,
    messageCallback(message) {
      message.handled = true;
      if (message.messageId === "ae-forgotten-export") forgotten.push(/"(\w+)"/.exec(message.text)![1]!);
    },
  });
  const read = (file: string): string => readFileSync(join(folder, file), "utf8");
  const model = JSON.parse(read("model.json")) as ApiItem;
  return { report: read(`${entry}.api.md`), items: model.members![0]!.members!, forgotten };
}
