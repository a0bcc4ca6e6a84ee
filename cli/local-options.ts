import type { ParseArgsOptionsConfig } from "node:util";
import { isOutage, type OutageName, outageNames, outages } from "../local/outages.ts";
import { UsageError } from "./command.ts";

/** What `run` and `dev` boot from, and how. */
export const localOptions = {
  out: { type: "string", default: "out" },
  genesys: { type: "string" },
  stack: { type: "string", default: "dev" },
  config: { type: "string", multiple: true, default: [] },
  outage: { type: "string", multiple: true, default: [] },
  json: { type: "boolean", default: false },
} satisfies ParseArgsOptionsConfig;

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
