import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { writtenVariants } from "../../cli/simulate/job.ts";
import { openWorkers } from "../../cli/simulate/workers.ts";
import { simulateSeed } from "../../local/simulation/simulate-seed.ts";
import type { SeedResult, Simulation } from "../../local/simulation/simulation.ts";
import { drawSwarm, type Swarm } from "../../local/simulation/swarm.ts";
import { sized } from "../support/setup/sized.ts";
import { simulation } from "../support/simulation.ts";

const seeds = sized(40, 400);
const perTest = 10;

/** Seeds that have failed once, with what was mended; docs/simulation.md has their stories. */
const regressions: ReadonlyArray<readonly [number, string]> = [
  [15, "a synchronous execution that waited for requests behind its own"],
  [34, "an answer that was shorter than it said"],
  [99, "an entry of a queue whose time stands elsewhere in its text"],
  [290, "two copies that are under way together"],
  [472, "a deployment that changes what is redacted, and with it the keys of events"],
];

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

  it.each(regressions)("pass that have failed before: %i, for %s", async (seed) => {
    expect((await run(seed)).differences).toStrictEqual([]);
  });

  it("have the same history whenever they are simulated, also in another process", async () => {
    const variantsFile = join(mkdtempSync(join(tmpdir(), "floodgate-")), "variants.json");
    writeFileSync(variantsFile, writtenVariants(own.variants));
    const workers = openWorkers(1, { variantsFile });
    const elsewhere = await workers.simulate(swarmOf(2));
    workers.close();
    const [here, again, other] = [await run(2), await run(2), await run(3)];
    expect([here.digest, again.digest]).toStrictEqual([elsewhere.digest, elsewhere.digest]);
    expect(elsewhere).toStrictEqual(JSON.parse(JSON.stringify({ ...here, ledger: undefined })));
    expect(other.digest).not.toBe(here.digest);
  });
});
