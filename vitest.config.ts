import "./test/setup/node-version.ts";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: {
      "#after": fileURLToPath(new URL("./src/runtime/after.none.ts", import.meta.url)),
      "#request-end": fileURLToPath(new URL("./src/breaker/request-end.edge.ts", import.meta.url)),
      "#wait-until": fileURLToPath(new URL("./src/runtime/wait-until.none.ts", import.meta.url)),
      "#dispatched-call": fileURLToPath(new URL("./src/http/dispatched-call.node.ts", import.meta.url)),
      "#render-scope": fileURLToPath(new URL("./src/runtime/render-scope.none.ts", import.meta.url)),
    },
  },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/.work/**", "test/next-app/fixtures/**"],
    globalSetup: [
      "./test/setup/chromium.ts",
      "./test/setup/redis.ts",
      "./test/setup/postgres.ts",
      "./test/setup/promtool.ts",
    ],
    reporters: ["default", "./test/setup/closing-line.ts"],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 300_000,
    coverage: { include: ["src/**"], exclude: ["src/*.ts"], thresholds: { lines: 95, branches: 95 } },
  },
});
