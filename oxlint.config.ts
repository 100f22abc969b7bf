import { readdirSync } from "node:fs";
import { defineConfig } from "oxlint";
import { forbiddenToThePure, rooms } from "./test/house/rooms.ts";

const folder = new URL("./src/", import.meta.url);
const entries = readdirSync(folder)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -3));

const noBuiltIns = { regex: "^node:", message: "src runs on the edge: no Node built-ins." };
const noEntries = {
  regex: `^(\\.\\./)+(${entries.join("|")})\\.ts$`,
  message: "Entries only export; nobody imports them.",
};
const noNext = {
  regex: "^next(/|$)",
  allowTypeImports: true,
  message: "Only src/runtime touches Next; elsewhere types at most.",
};

/** The walls around each room, from the one table of them. */
const walls = Object.entries(rooms).map(([name, { imports, mayUse, isPure }]) => {
  const others = Object.keys(rooms).filter((room) => room !== name && !imports.includes(room));
  const noOthers = {
    regex: `^(\\.\\./)+(${others.join("|")})/`,
    message: `${name} may not import from there: see ARCHITECTURE.md, who may import whom.`,
  };
  const patterns = [
    ...(mayUse === "Node's built-ins" ? [] : [noBuiltIns]),
    ...(mayUse === "Next's code" ? [] : [noNext]),
    noEntries,
    noOthers,
  ];
  const pure = forbiddenToThePure.map((global) => ({
    name: global,
    message: `${name} is pure: no clock, no fetch, no globals.`,
  }));
  return {
    files: [`src/${name}/**`],
    rules: {
      "no-restricted-imports": ["error", { patterns }],
      ...(isPure && { "no-restricted-globals": ["error", ...pure] }),
    },
  };
});

export default defineConfig({
  plugins: ["typescript", "import", "unicorn", "vitest"],
  categories: { correctness: "error" },
  ignorePatterns: ["dist", "test/.work", "test/next-app/fixtures", "test/frameworks/apps", "example-app"],
  rules: {
    "no-floating-promises": "error",
    "typescript/switch-exhaustiveness-check": "error",
    "typescript/no-explicit-any": "error",
    "typescript/consistent-type-imports": "error",
    "import/no-cycle": ["error", { ignoreTypes: false }],
    "no-var": "error",
    eqeqeq: "error",
    "vitest/require-mock-type-parameters": "off",
  },
  overrides: [
    ...walls,
    { files: ["src/*.ts"], rules: { "no-restricted-imports": ["error", { patterns: [noBuiltIns] }] } },
    {
      files: ["src/**"],
      rules: {
        "typescript/explicit-module-boundary-types": "error",
        "no-restricted-properties": [
          "error",
          { object: "Date", property: "now", message: "Breaks Next's prerenders." },
          { object: "Math", property: "random", message: "Breaks Next's prerenders." },
        ],
      },
    },
  ],
} as never);
