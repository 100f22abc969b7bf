/** A small project that somebody has, what it installs beside the package, and what must go well in it. */
export interface InstalledProject {
  readonly name: string;
  readonly packages: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  /** Run by this Node: a file of `node_modules` or a flag, and what follows. */
  readonly command: readonly string[];
  /** What that has made, to be run in its turn. */
  readonly made?: string;
}

const body = `
  const call = protect(() => Promise.reject(new Error("down")), { name: "api" });
  for (let i = 0; i < 3; i++) await call().catch(() => {});
  if ((await call().catch(isCircuitOpenError)) !== true) throw new Error("it did not open");
  resetCircuits();
`;
const required = `
  const { isCircuitOpenError, protect } = require("next-protego");
  const { resetCircuits } = require("next-protego/testing");
`;
const imported = `
  import { isCircuitOpenError, protect } from "next-protego";
  import { resetCircuits } from "next-protego/testing";
`;
const jest = ["node_modules/jest/bin/jest.js"];
const tsc = ["node_modules/typescript/bin/tsc", "--pretty", "false", "-p", "."];
const common = { strict: true, target: "es2022", skipLibCheck: true, esModuleInterop: true };

export const projects: readonly InstalledProject[] = [
  {
    name: "Jest",
    packages: ["jest@30"],
    files: { "opens.test.js": `${required} test("opens", async () => {${body}});` },
    command: jest,
  },
  {
    name: "ts-jest",
    packages: ["jest@30", "ts-jest@29", "typescript@5.9"],
    files: {
      "jest.config.cjs": `module.exports = { preset: "ts-jest" };`,
      "opens.test.ts": `${imported} declare const test: (name: string, run: () => unknown) => void; test("opens", async () => {${body}});`,
      "tsconfig.json": JSON.stringify({
        compilerOptions: { ...common, module: "commonjs", moduleResolution: "node", types: [] },
      }),
    },
    command: jest,
  },
  {
    name: "next/jest",
    packages: ["jest@30", "next@16.4.5", "react@19", "react-dom@19"],
    files: {
      "app/page.js": "export default function Page() { return null; }",
      "jest.config.cjs": `module.exports = require("next/jest.js")({ dir: "./" })({ testEnvironment: "node" });`,
      "opens.test.js": `${imported} test("opens", async () => {${body}});`,
    },
    command: jest,
  },
  {
    name: "Vitest",
    packages: ["vitest@5.1.0"],
    files: {
      "opens.test.js": `import { test } from "vitest"; ${imported} test("opens", async () => {${body}});`,
    },
    command: ["node_modules/vitest/vitest.mjs", "run"],
  },
  {
    name: "Node's test runner",
    packages: [],
    files: {
      "opens.test.mjs": `import test from "node:test"; ${imported} test("opens", async () => {${body}});`,
      "requires.test.cjs": `const test = require("node:test"); ${required} test("opens", async () => {${body}});`,
    },
    command: ["--test"],
  },
  ...[
    { module: "commonjs", moduleResolution: "node" },
    { module: "node16", moduleResolution: "node16" },
    { module: "nodenext", moduleResolution: "nodenext" },
    { module: "preserve", moduleResolution: "bundler" },
  ].map((resolution) => ({
    name: `TypeScript with moduleResolution ${resolution.moduleResolution}, Node 20's types and no DOM`,
    packages: ["typescript@5.9", "@types/node@20"],
    files: {
      "opens.ts": `${imported} export async function opens() {${body}}
        import { createProtectedFetch } from "next-protego";
        export const api: Promise<number> = createProtectedFetch()("https://api.test/").then(({ status }) => status);
      `,
      "tsconfig.json": JSON.stringify({
        compilerOptions: {
          ...common,
          skipLibCheck: false,
          ...resolution,
          lib: ["es2022"],
          types: ["node"],
          noEmit: true,
        },
        files: ["opens.ts"],
      }),
    },
    command: tsc,
  })),
  {
    name: "a canary of Next, beside which npm installs it",
    packages: ["next@15.6.0-canary.59", "react@19", "react-dom@19"],
    files: {},
    command: ["-e", `require("next-protego")`],
  },
  ...[false, true].map((packageExports) => ({
    name: `Parcel, with packageExports ${packageExports}`,
    packages: ["parcel@2.16.4"],
    files: {
      // Without it Parcel finds the main entry alone.
      "main.mjs": `import * as main from "next-protego"; console.log(main);
        ${packageExports ? `import * as options from "next-protego/options"; console.log(options);` : ""}`,
      "package.json": JSON.stringify({
        private: true,
        targets: { app: { source: "main.mjs", distDir: "dist", context: "node", includeNodeModules: true } },
        "@parcel/resolver-default": { packageExports },
      }),
    },
    command: ["node_modules/parcel/lib/bin.js", "build", "--no-cache"],
  })),
  {
    name: "React Native: a bundle of Metro's, by React Native's own configuration",
    packages: ["metro@0.87.1", "@react-native/metro-config@0.88.1", "@react-native/babel-preset@0.88.1"],
    files: {
      "main.js": `${imported} void (async () => {${body}})();`,
      "babel.config.js": `module.exports = { presets: ["@react-native/babel-preset"] };`,
      // Nothing of React Native itself is there, so nothing of it may run before.
      "metro.config.js": `
        const { getDefaultConfig, mergeConfig } = require("@react-native/metro-config");
        const serializer = { getModulesRunBeforeMainModule: () => [], getPolyfills: () => [] };
        module.exports = mergeConfig(getDefaultConfig(__dirname), { serializer });
      `,
    },
    command: ["node_modules/metro/src/cli.js", "build", "main.js", "--platform", "ios", "--out", "bundle.js"],
    made: "bundle.js",
  },
  {
    name: "Waku, which sets React's server condition, and is not Next",
    packages: ["waku@1.0.0-rc.1", "react@19.3.1", "react-dom@19.3.1", "react-server-dom-webpack@19.3.1"],
    files: {
      "package.json": `{ "private": true, "type": "module" }`,
      "src/pages/index.jsx": `
        import { createProtectedFetch, isCircuitOpenError } from "next-protego";
        const shopFetch = createProtectedFetch({ name: "shop" });
        export default async function Page() {
          const error = await shopFetch("http://127.0.0.1:2/").then(() => undefined, (error) => error);
          return <p>{isCircuitOpenError(error) ? "it refused" : error ? "it failed" : "it answered"}</p>;
        }
        export const getConfig = async () => ({ render: "dynamic" });
      `,
      "ask.js": `
        import { spawn } from "node:child_process";
        import { createServer } from "node:net";
        const port = await new Promise((resolve) => {
          const server = createServer().listen(0, "127.0.0.1", () => {
            const { port } = server.address();
            server.close(() => resolve(port));
          });
        });
        const waku = ["node_modules/waku/cli.js", "start", "--host", "127.0.0.1", "--port", String(port)];
        const child = spawn(process.execPath, waku, { stdio: "inherit" });
        child.once("exit", (code) => process.exit(code ?? 1));
        const page = () => fetch("http://127.0.0.1:" + port).then((response) => response.text());
        while (!(await page().catch(() => "")).includes("it failed")) await new Promise((go) => setTimeout(go, 100));
        for (let i = 0; i < 2; i++) await page();
        const last = await page();
        child.removeAllListeners("exit").kill("SIGKILL");
        if (!last.includes("it refused")) throw new Error(last);
      `,
    },
    command: ["node_modules/waku/cli.js", "build"],
    made: "ask.js",
  },
];
