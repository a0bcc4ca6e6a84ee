import { existsSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readVariants, writtenVariants } from "../../cli/simulate/job.ts";
import { operate } from "../../cli/simulate/operators.ts";
import { evaluateVariants } from "../../cli/simulate/variants.ts";
import type { Simulation } from "../../local/simulation/simulation.ts";

const organisation = 'floodgate:genesys={"region":"mypurecloud.de","clientId":"local","clientSecret":"local"}';

/** The setup's temporary folder is one run's, so what one file has evaluated holds for all. */
const evaluatedOnce = async (): Promise<Simulation["variants"]> => {
  const file = join(tmpdir(), "variants.json");
  if (existsSync(file)) return readVariants(file);
  const variants = await evaluateVariants("dev", [organisation], []);
  const written = `${file}.${process.pid}`;
  writeFileSync(written, writtenVariants(variants));
  renameSync(written, file);
  return variants;
};

/** What `floodgate simulate` gives its seeds. */
export const simulation = async (): Promise<Simulation> => ({ variants: await evaluatedOnce(), operate });
