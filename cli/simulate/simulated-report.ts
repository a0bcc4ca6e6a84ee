import { writeFileSync } from "node:fs";
import { simulateSeed } from "../../local/simulation/simulate-seed.ts";
import type { Simulation, Variant } from "../../local/simulation/simulation.ts";
import type { Swarm } from "../../local/simulation/swarm.ts";
import { Recorder } from "../run/record-cloud.ts";
import { reportHtml } from "../run/report.ts";
import { operate } from "./operators.ts";

/** Simulates a swarm once more, in this process, and writes it as the page that `run --report` writes. */
export const writeReport = async (
  file: string,
  swarm: Swarm,
  variants: ReadonlyArray<Variant>,
  own: Pick<Simulation, "events" | "start">,
): Promise<void> => {
  const recorder = new Recorder();
  const result = await simulateSeed(swarm, {
    variants,
    operate,
    ...own,
    watch: (cloud) => recorder.start(cloud),
  });
  writeFileSync(file, reportHtml(result, await recorder.finish(), swarm.faults));
};
