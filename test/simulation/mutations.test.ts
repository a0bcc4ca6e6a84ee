import { beforeAll, describe, expect, it } from "vitest";
import { simulateSeed } from "../../local/simulation/simulate-seed.ts";
import type { Simulation } from "../../local/simulation/simulation.ts";
import { drawSwarm } from "../../local/simulation/swarm.ts";
import { isFull } from "../support/setup/sized.ts";
import { simulation } from "../support/simulation.ts";
import { mutations } from "./mutations.ts";

// A mistake each, noticed by the seed that docs/simulation.md names; find-mutations.ts finds those seeds anew.
describe("the judge of the simulation", () => {
  let own: Simulation;
  beforeAll(async () => {
    own = await simulation();
  });

  // By these a run comes to no end, and is given eight hours for it.
  const isLong = (name: string): boolean => ["chunks not started", "mapping not resumed"].includes(name);

  it.each(Object.entries(mutations).filter(([name]) => isFull || !isLong(name)))(
    "notices: %s",
    async (_, { mutation, seed, quick }) => {
      const swarm = drawSwarm(isFull ? seed : (quick ?? seed), { variants: own.variants.length });
      const { differences } = await simulateSeed(swarm, { ...own, mutation });
      expect(differences).not.toStrictEqual([]);
    },
  );

  it("knows at least 25 mistakes, each found within 200 seeds", () => {
    const seeds = Object.values(mutations).map(({ seed }) => seed);
    expect(seeds.length).toBeGreaterThanOrEqual(25);
    expect(seeds.filter((seed) => seed > 200)).toStrictEqual([]);
  });
});
