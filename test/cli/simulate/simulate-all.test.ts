import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { simulateAll, total } from "../../../cli/simulate/simulate-all.ts";
import { withoutResult } from "../../../cli/simulate/workers.ts";
import { drawSwarm, type Swarm } from "../../../local/simulation/swarm.ts";

const swarms = [4, 1, 3, 2].map((seed) => drawSwarm(seed, { variants: 1 }));

/** Answers in an order of its own: the last that was asked first. */
const workers = {
  simulate: async (swarm: Swarm) => {
    await new Promise((resolve) => setImmediate(resolve));
    for (let turns = swarm.seed; turns > 0; turns -= 1) await Promise.resolve();
    return {
      ...withoutResult(swarm, ""),
      digest: `digest ${swarm.seed}`,
      differences: swarm.seed % 2 === 1 ? ["lost"] : [],
      coverage: { faults: { throttled: swarm.seed }, outcomes: { delivered: 1 }, states: {}, acts: {} },
    };
  },
  close: () => undefined,
};

describe("simulateAll", () => {
  it("adds up what all seeds reached, and names those that failed in their order, whoever was ready first", async () => {
    const { coverage, failed, hash } = await simulateAll(swarms, workers);
    expect([coverage, failed.map(({ swarm }) => swarm.seed)]).toStrictEqual([
      { faults: { throttled: 10 }, outcomes: { delivered: 4 }, states: {}, acts: {} },
      [1, 3],
    ]);
    expect(total(coverage.faults)).toBe(10);
    const digests = [4, 1, 3, 2].map((seed) => `digest ${seed}`).join("\n");
    expect(hash).toBe(createHash("sha256").update(digests).digest("hex").slice(0, 16));
  });
});
