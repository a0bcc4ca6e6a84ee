import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { writtenVariants } from "../../cli/simulate/job.ts";
import { openWorkers } from "../../cli/simulate/workers.ts";
import { campaignStart, simulateSeed } from "../../local/simulation/simulate-seed.ts";
import type { SeedResult, Simulation } from "../../local/simulation/simulation.ts";
import { drawSwarm, type Swarm } from "../../local/simulation/swarm.ts";
import { sized } from "../support/setup/sized.ts";
import { simulation } from "../support/simulation.ts";
import { regressions } from "./regressions.ts";

const seeds = sized(5, 400);
const perTest = 5;

/** Two of the shortest. */
const [one, another] = [33, 17];

describe("seeds of the simulation", () => {
  let own: Simulation;
  const swarmOf = (seed: number): Swarm => drawSwarm(seed, { variants: own.variants.length });
  const run = (seed: number): Promise<SeedResult> => simulateSeed(swarmOf(seed), own);

  beforeAll(async () => {
    own = await simulation();
  });

  it.each(Array.from({ length: seeds / perTest }, (_, index) => index * perTest + 1))(
    `lose nothing, invent nothing and keep every limit: ${perTest} from %i on`,
    async (from) => {
      const wrong: [number, ReadonlyArray<string>][] = [];
      for (let seed = from; seed < from + perTest; seed += 1) {
        const { differences } = await run(seed);
        if (differences.length > 0) wrong.push([seed, differences]);
      }
      expect(wrong).toStrictEqual([]);
    },
  );

  it.each(regressions)("pass where they have failed before: %s", async (_, swarm) => {
    expect((await simulateSeed(swarm, own)).differences).toStrictEqual([]);
  });

  it("have the same history whenever they are simulated, also in another process", async () => {
    const variantsFile = join(mkdtempSync(join(tmpdir(), "floodgate-")), "variants.json");
    writeFileSync(variantsFile, writtenVariants(own.variants));
    const workers = openWorkers(1, { variantsFile, start: campaignStart }, dirname(variantsFile));
    const elsewhere = await workers.simulate(swarmOf(one));
    workers.close();
    const [here, again, other] = [await run(one), await run(one), await run(another)];
    expect([here.digest, again.digest]).toStrictEqual([elsewhere.digest, elsewhere.digest]);
    expect(elsewhere).toStrictEqual(JSON.parse(JSON.stringify({ ...here, ledger: undefined })));
    expect(other.digest).not.toBe(here.digest);
  });
});
