import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/setup/temporary-folder.ts", "test/support/setup/contract-cloud.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Local clouds put a clock of their own over the timers of a process, so no two may share one.
    pool: "forks",
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
