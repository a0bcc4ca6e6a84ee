import { readVariants, writtenVariants } from "../../cli/simulate/job.ts";
import { operate } from "../../cli/simulate/operators.ts";
import { evaluateVariants } from "../../cli/simulate/variants.ts";
import type { Simulation } from "../../local/simulation/simulation.ts";
import { organisation } from "./setup/evaluated.ts";
import { madeOnce } from "./setup/made-once.ts";

/** What `floodgate simulate` gives its seeds. */
export const simulation = async (): Promise<Simulation> => {
  const make = async (): Promise<string> => writtenVariants(await evaluateVariants("dev", [organisation], []));
  return { variants: readVariants(await madeOnce("variants.json", make)), operate };
};
