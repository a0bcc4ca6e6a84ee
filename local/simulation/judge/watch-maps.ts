import * as t from "io-ts";
import type { Execution } from "../../models/machines.ts";

const machine = "refresh-queue-priorities";

const Published = t.type({ version: t.string });

/** Sees whether a map is published over one of a refresh that began later. Versions sort by when their refresh began. */
export const watchMaps = () => {
  let newest = "";
  const seen: string[] = [];
  return {
    seen,
    entered: (execution: Execution, state: string, input: unknown): void => {
      if (execution.machine !== machine || state !== "Published" || !Published.is(input)) return;
      if (input.version < newest) seen.push(`map ${input.version} was published over the newer ${newest}`);
      else newest = input.version;
    },
  };
};
