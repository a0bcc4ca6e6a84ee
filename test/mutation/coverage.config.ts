import { defineConfig } from "vitest/config";

/** `npm run coverage`: how much of the branches of `src/` the tests of its rooms reach, by themselves. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/{cli,infra,local,runs,statemachines}/**", "test/{docs,house,linear}.test.ts"],
    globalSetup: ["test/support/setup/temporary-folder.ts", "test/support/setup/contract-cloud.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    coverage: {
      enabled: true,
      provider: "v8",
      include: ["src/**/*.ts"],
      reporter: ["text-summary", "json-summary"],
      reportsDirectory: "out/coverage",
      thresholds: {
        // Percent of branches; whoever adds one without a test is told.
        "src/*/*.ts": { branches: 98 },
        "src/*/adapters/*.ts": { branches: 92 },
        "src/runtime/*.ts": { branches: 92 },
      },
    },
  },
});
