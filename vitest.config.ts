import "./test/setup/node-version.ts";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const inFolders = (folders: string): string => `test/{${folders}}/**/*.test.ts`;

/** From the source, each file alone: nothing is built, started or installed. Mostly what mirrors `src`. */
const unit = "core,breaker,http,next,sharing,stores,dashboard,telemetry,testing,runtime,types,peers,seeds";
/** The built package, real servers, other runtimes, or many seconds. Among unit tests such a file is named `….dist.test.ts`. */
const dist = "command-line,docs,drop-in,ecosystem,frameworks,hostile,house,installs,package,runtimes,setup,upstash-server";
/** Real builds of Next, fleets of processes, browsers. Elsewhere such a file is named `….e2e.test.ts`. */
const endToEnd = "demo,endurance,fleet,fleet-explorer,next-app,next-matrix,opennext,shop,simulation";

/** Those that load modules anew, or others in their place: they have their modules to themselves. */
const replacesModules = (file: string): boolean => /\bvi\.(mock|doMock|resetModules)\(/.test(readFileSync(file, "utf8"));

const notUnit = ["**/*.{dist,e2e}.test.ts"];
const alone = globSync(inFolders(unit), { cwd: import.meta.dirname }).filter(replacesModules);

const never = ["test/.work/**", "test/next-app/fixtures/**"];

export default defineConfig({
  resolve: {
    alias: {
      "#after": fileURLToPath(new URL("./src/runtime/after.none.ts", import.meta.url)),
      "#next-fetch": fileURLToPath(new URL("./src/http/next-fetch.ts", import.meta.url)),
      "#request-end": fileURLToPath(new URL("./src/breaker/request-end.edge.ts", import.meta.url)),
      "#wait-until": fileURLToPath(new URL("./src/runtime/wait-until.none.ts", import.meta.url)),
      "#dispatched-call": fileURLToPath(new URL("./src/http/dispatched-call.node.ts", import.meta.url)),
      "#render-scope": fileURLToPath(new URL("./src/runtime/render-scope.none.ts", import.meta.url)),
    },
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: [inFolders(unit)],
          exclude: [...notUnit, ...alone],
          // One load of the source serves all files of a process.
          isolate: false,
          setupFiles: ["./test/setup/as-found.ts"],
        },
      },
      { extends: true, test: { name: "unit-alone", include: alone, exclude: notUnit } },
      {
        extends: true,
        test: {
          name: "dist",
          include: [inFolders(dist), "test/**/*.dist.test.ts"],
          exclude: [...never, "**/*.e2e.test.ts"],
          globalSetup: ["./test/setup/redis.ts", "./test/setup/postgres.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: [inFolders(endToEnd), "test/**/*.e2e.test.ts"],
          exclude: never,
          globalSetup: ["./test/setup/chromium.ts", "./test/setup/redis.ts", "./test/setup/promtool.ts"],
        },
      },
    ],
    reporters: ["default", "./test/setup/closing-line.ts"],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 300_000,
    coverage: { include: ["src/**"], exclude: ["src/*.ts"], thresholds: { lines: 95, branches: 95 } },
  },
});
