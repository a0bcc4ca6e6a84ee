import { createHash } from "node:crypto";
import { addCoverage, type Counts, type Coverage, noCoverage } from "../../local/simulation/coverage.ts";
import type { SeedResult } from "../../local/simulation/simulation.ts";
import type { Swarm } from "../../local/simulation/swarm.ts";
import { bar, duration, number, progressLine } from "../terminal.ts";
import type { Workers } from "./workers.ts";

export const total = (counts: Counts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** What became of all seeds. */
export interface Simulated {
  readonly coverage: Coverage;
  readonly failed: ReadonlyArray<SeedResult>;
  /** Of all histories, in the order of their seeds. */
  readonly hash: string;
}

/** Simulates all of them, as many at a time as there are workers. */
export const simulateAll = async (swarms: ReadonlyArray<Swarm>, workers: Workers): Promise<Simulated> => {
  const line = progressLine();
  const began = performance.now();
  let coverage = noCoverage;
  let done = 0;
  const failed: SeedResult[] = [];
  const digests = await Promise.all(
    swarms.map(async (swarm) => {
      const result = await workers.simulate(swarm);
      done += 1;
      coverage = addCoverage(coverage, result.coverage);
      if (result.differences.length > 0) failed.push(result);
      const perSecond = done / ((performance.now() - began) / 1_000);
      line.show(
        `${bar(done / swarms.length)} ${number(done)} of ${number(swarms.length)} seeds, ${perSecond.toFixed(1)} a second, ` +
          `${duration(((swarms.length - done) / perSecond) * 1_000)} left; ${number(total(coverage.faults))} faults, ${failed.length} failed`,
      );
      return result.digest;
    }),
  );
  line.clear();
  const hash = createHash("sha256").update(digests.join("\n")).digest("hex").slice(0, 16);
  return { coverage, failed: failed.toSorted((a, b) => a.swarm.seed - b.swarm.seed), hash };
};
