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

/** A server component with a protected fetch, in whatever calls it. */
const serverComponent = `
  import { createProtectedFetch, isCircuitOpenError } from "next-protego";
  const shopFetch = createProtectedFetch({ name: "shop" });
  async function Product() {
    const error = await shopFetch("http://127.0.0.1:2/").then(() => undefined, (error) => error);
    return <p>{isCircuitOpenError(error) ? "it refused" : error ? "it failed" : "it answered"}</p>;
  }
`;

/** A script that starts a server, and asks it for its page, which fails three times and is refused then. PORT stands for its port. */
const asks = (...start: readonly string[]): string => `
  import { spawn } from "node:child_process";
  import { createServer } from "node:net";
  const port = await new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(String(port)));
    });
  });
  const start = ${JSON.stringify(start)}.map((part) => (part === "PORT" ? port : part));
  const env = { ...process.env, PORT: port, HOST: "127.0.0.1", NODE_ENV: "production" };
  const child = spawn(process.execPath, start, { stdio: "inherit", env });
  child.once("exit", (code) => process.exit(code ?? 1));
  const page = () => fetch("http://127.0.0.1:" + port).then((response) => response.text());
  while (!(await page().catch(() => "")).includes("it failed")) await new Promise((go) => setTimeout(go, 100));
  for (let i = 0; i < 2; i++) await page();
  const last = await page();
  child.removeAllListeners("exit").kill("SIGKILL");
  if (!last.includes("it refused")) throw new Error(last);
`;

export const projects: readonly InstalledProject[] = [
  {
    name: "Jest",
    packages: ["jest@30"],
    files: { "opens.test.js": `${required} test("opens", async () => {${body}});` },
    command: jest,
  },
  {
    name: "Jest under jsdom, with Node's fetch put into it",
    packages: ["jest@30", "jest-environment-jsdom@30"],
    files: {
      "with-fetch.js": `
        const { TestEnvironment } = require("jest-environment-jsdom");
        module.exports = class extends TestEnvironment {
          async setup() {
            await super.setup();
            Object.assign(this.global, { fetch, Request, Response, Headers });
          }
        };
      `,
      "jest.config.cjs": `module.exports = { testEnvironment: "./with-fetch.js" };`,
      // As docs/runtimes.md says it: jsdom's signals are none to Node.
      "opens.test.js": `
        ${required}
        const { createProtectedFetch } = require("next-protego");
        test("opens", async () => {${body}});
        test("is told by Node that the signal is none, which does not count; without a timeout it is answered", async () => {
          const server = require("node:http").createServer((_, response) => response.end("fine")).unref();
          await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
          const url = "http://127.0.0.1:" + server.address().port;
          const timed = createProtectedFetch({ name: "timed" });
          for (let i = 0; i < 4; i++) await expect(timed(url)).rejects.toThrow("AbortSignal");
          const untimed = createProtectedFetch({ name: "untimed", timeout: false });
          expect(await (await untimed(url)).text()).toBe("fine");
        });
      `,
    },
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
        ${serverComponent}
        export default Product;
        export const getConfig = async () => ({ render: "dynamic" });
      `,
      "ask.js": asks("node_modules/waku/cli.js", "start", "--host", "127.0.0.1", "--port", "PORT"),
    },
    command: ["node_modules/waku/cli.js", "build"],
    made: "ask.js",
  },
  {
    name: "Parcel's server components",
    packages: [
      "parcel@2.16.4",
      "@parcel/rsc@2.16.3",
      "react@19.2.0",
      "react-dom@19.2.0",
      "react-server-dom-parcel@19.2.0",
    ],
    files: {
      "package.json": JSON.stringify({
        private: true,
        server: "dist/server.js",
        targets: { server: { source: "server.jsx", context: "react-server", includeNodeModules: true } },
        "@parcel/resolver-default": { packageExports: true },
      }),
      // Parcel writes what the environment is at its build into the server.
      "server.jsx": `
        import { createServer } from "node:http";
        import { renderRequest } from "@parcel/rsc/node";
        import { Page } from "./page.jsx";
        createServer((request, response) => renderRequest(request, response, <Page />, { component: Page }))
          .listen(Number(process.argv[2]), "127.0.0.1");
      `,
      "page.jsx": `"use server-entry";
        import "./client.jsx";
        ${serverComponent}
        export const Page = () => <html><body><Product /></body></html>;
      `,
      "client.jsx": `"use client-entry";
        import { hydrate } from "@parcel/rsc/client";
        hydrate();
      `,
      "ask.mjs": asks("dist/server.js", "PORT"),
    },
    command: ["node_modules/parcel/lib/bin.js", "build", "--no-cache"],
    made: "ask.mjs",
  },
  ...[false, true].map((noExternals) => ({
    name: `a CommonJS package that requires it, in an app that Nitro ${noExternals ? "bundles whole" : "traces"}`,
    packages: ["nitropack@2.13.6", "--install-links", "./client"],
    files: {
      "package.json": `{ "private": true, "type": "module" }`,
      "client/package.json": `{ "name": "client", "version": "1.0.0", "main": "index.js" }`,
      "client/index.js": `
        const { createProtectedFetch } = require("next-protego");
        const { isCircuitOpenError } = require("next-protego/errors");
        const clientFetch = createProtectedFetch({ name: "shop" });
        exports.ask = () => clientFetch("http://127.0.0.1:2/").then(
          () => "it answered",
          (error) => (isCircuitOpenError(error) ? "it refused" : "it failed"),
        );
      `,
      "nitro.config.ts": `export default ${JSON.stringify({
        srcDir: "server",
        compatibilityDate: "2026-01-01",
        noExternals,
      })};`,
      // Both see the same circuit, so both have the same copy, or copies that know of each other.
      "server/routes/index.get.ts": `
        import { circuits } from "next-protego";
        import { ask } from "client";
        export default eventHandler(async () => {
          const said = await ask();
          return circuits.get("shop") === undefined ? "they are two" : said;
        });
      `,
      "ask.mjs": asks(".output/server/index.mjs"),
    },
    command: ["node_modules/nitropack/dist/cli/index.mjs", "build"],
    made: "ask.mjs",
  })),
];
