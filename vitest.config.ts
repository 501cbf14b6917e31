import { defineConfig } from "vitest/config";

export default defineConfig({
  // Node's ESM loader and Vite's resolver would each load a graphql of their own, and graphql refuses two.
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
