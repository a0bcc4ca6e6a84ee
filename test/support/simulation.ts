import { tmpdir } from "node:os";
import { join } from "node:path";
import { readVariants, writtenVariants } from "../../cli/simulate/job.ts";
import { operate } from "../../cli/simulate/operators.ts";
import { evaluateVariants } from "../../cli/simulate/variants.ts";
import type { Simulation } from "../../local/simulation/simulation.ts";
import { organisation } from "./setup/evaluated.ts";
import { madeOnce } from "./setup/made-once.ts";

const name = "variants.json";

/** What `floodgate simulate` gives its seeds. */
export const simulation = async (): Promise<Simulation> => {
  await madeOnce(name, async () => writtenVariants(await evaluateVariants("dev", [organisation], [])));
  return { variants: readVariants(join(tmpdir(), name)), operate };
};
