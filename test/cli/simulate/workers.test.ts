import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { writtenVariants } from "../../../cli/simulate/job.ts";
import { openWorkers } from "../../../cli/simulate/workers.ts";
import { campaignStart } from "../../../local/simulation/simulate-seed.ts";
import { drawSwarm } from "../../../local/simulation/swarm.ts";
import { simulation } from "../../support/simulation.ts";

it("a swarm fails with the process that dies of it, and the next one gets another process", async () => {
  const { variants } = await simulation();
  const folder = mkdtempSync(join(tmpdir(), "floodgate-"));
  const variantsFile = join(folder, "variants.json");
  const workers = openWorkers(1, { variantsFile, start: campaignStart }, folder);
  const swarm = { ...drawSwarm(33, { variants: variants.length }), minutes: 1 };
  try {
    // The process finds no configurations, and ends.
    const dead = await workers.simulate(swarm);
    expect(dead.differences).toStrictEqual([expect.stringMatching(/^the process (ended with 1|does not listen: )/)]);
    writeFileSync(variantsFile, writtenVariants(variants));
    const living = await workers.simulate(swarm);
    expect([living.differences, living.digest === ""]).toStrictEqual([[], false]);
  } finally {
    workers.close();
  }
});
