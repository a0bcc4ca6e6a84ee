import { readFileSync } from "node:fs";
import { simulateSeed } from "../../local/simulation/simulate-seed.ts";
import { SeedResult, type Simulation } from "../../local/simulation/simulation.ts";
import { Swarm } from "../../local/simulation/swarm.ts";
import { readInput } from "../input/input-problems.ts";
import { Job, readVariants } from "./job.ts";
import { operate } from "./operators.ts";
import { withoutResult } from "./workers.ts";

/*
 * A process that simulates one swarm after the other, as its parent asks for them: a simulation's clock is the clock of
 * its whole process, so that two at a time need two processes.
 */

const simulationOf = ({ variantsFile, events, start }: Job): Simulation => ({
  variants: readVariants(readFileSync(variantsFile, "utf8")),
  operate,
  ...(events === undefined ? {} : { events: readInput(events).events }),
  start,
});

const answer = async (swarm: Swarm, simulation: Simulation): Promise<void> => {
  const result = await simulateSeed(swarm, simulation).catch((error: unknown) =>
    // One that ends with an exception has failed like any other.
    withoutResult(swarm, `the run ended early: ${error instanceof Error ? error.message : error}`),
  );
  process.send?.(SeedResult.encode(result));
};

let own: Simulation | undefined;

process.on("message", (message: unknown) => {
  if (Job.is(message)) own = simulationOf(message);
  else if (Swarm.is(message) && own !== undefined) void answer(message, own);
});

// Nobody is left who would hear of it.
process.on("disconnect", () => process.exit());
