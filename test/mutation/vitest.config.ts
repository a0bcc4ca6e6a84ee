import { defineConfig } from "vitest/config";

/** The tests of the room that is mutated; test/mutation/mutate.ts names them. */
export default defineConfig({
  test: {
    include: (process.env["MUTATION_TESTS"] ?? "").split(" "),
    globalSetup: ["test/support/setup/temporary-folder.ts", "test/support/setup/contract-cloud.ts"],
    // Each of some thousand runs tries a few of the cases that a search tries else.
    env: { TEST_CASES_ONE_IN: "50" },
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
