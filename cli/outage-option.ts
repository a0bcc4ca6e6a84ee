import { isOutage, type OutageName, outageNames, outages } from "../local/outages.ts";
import { UsageError } from "./command.ts";

const longest = Math.max(...outageNames.map((name) => name.length));

/** The option with each of its values, for --help. */
export const outageHelp = [
  "  --outage NAME   what goes wrong from the beginning on; may be repeated:",
  ...Object.entries(outages).map(
    ([name, { describes }]) => `                    ${name.padEnd(longest)}  ${describes}`,
  ),
].join("\n");

export const readOutages = (names: ReadonlyArray<string>): Set<OutageName> => {
  const wrong = names.filter((name) => !isOutage(name));
  if (wrong.length > 0) {
    throw new UsageError(`--outage ${wrong.join(", ")}: has to be one of ${outageNames.join(", ")}`);
  }
  return new Set(names.filter(isOutage));
};
