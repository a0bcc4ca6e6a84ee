import { operate } from "../../cli/simulate/operators.ts";
import { evaluateVariants } from "../../cli/simulate/variants.ts";
import type { Simulation } from "../../local/simulation/simulation.ts";

const organisation = 'floodgate:genesys={"region":"mypurecloud.de","clientId":"local","clientSecret":"local"}';

/** What `floodgate simulate` gives its seeds. */
export const simulation = async (): Promise<Simulation> => ({
  variants: await evaluateVariants("dev", [organisation], []),
  operate,
});
