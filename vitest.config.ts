import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const alias = {
  "#render-scope": fileURLToPath(new URL("./src/runtime/render-scope.none.ts", import.meta.url)),
};

export default defineConfig({
  resolve: { alias },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/.work/**", "test/next-app/fixtures/**"],
    testTimeout: 30_000,
  },
});
