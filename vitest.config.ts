import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const seed = process.env["TEST_SEED"];

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/setup/temporary-folder.ts", "test/support/setup/contract-cloud.ts"],
    setupFiles: ["test/support/setup/leaves-nothing.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // TEST_SEED: files and tests in an order of their own, which the number gives again.
    ...(seed === undefined ? {} : { sequence: { shuffle: true, seed: Number(seed) } }),
    // Local clouds put a clock of their own over the timers of a process, so no two may share one.
    pool: "forks",
    // Files of one process share what is loaded and compiled: a fifth of the whole time. They leave nothing behind for each
    // other, in whatever order (TEST_SEED).
    isolate: false,
    // Local runs make much that is soon forgotten: with more room for it less of a run is collecting it.
    execArgv: ["--max-semi-space-size=64"],
    // Two more than there are cores: tests of commands mostly wait for a stack that runs in real time.
    maxWorkers: availableParallelism() + 2,
  },
});
