import { shrink } from "../../local/simulation/shrink.ts";
import type { SeedResult } from "../../local/simulation/simulation.ts";
import type { Swarm } from "../../local/simulation/swarm.ts";
import type { Workers } from "./workers.ts";

/** A seed that has failed, as small as it could be made. */
export interface Failure {
  readonly seed: number;
  readonly differences: ReadonlyArray<string>;
  readonly swarm: Swarm;
  /** The command that repeats it. */
  readonly repeat: string;
  readonly story: ReadonlyArray<string>;
}

/** In single quotes for a shell; JSON of a swarm has none. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

export interface Given {
  readonly stack: string;
  readonly config: ReadonlyArray<string>;
  readonly events: string | undefined;
}

const repeatLine = (swarm: Swarm, { stack, config, events }: Given): string =>
  [
    "npx floodgate simulate",
    `--swarm ${quoted(JSON.stringify(swarm))}`,
    ...(stack === "dev" ? [] : [`--stack ${quoted(stack)}`]),
    ...config.map((each) => `--config ${quoted(each)}`),
    ...(events === undefined ? [] : [`--events ${quoted(events)}`]),
  ].join(" ");

/** What a difference is about, without the ids in it: a smaller swarm has to fail in the same way. */
const kindOf = (difference: string): string => difference.replaceAll(/[0-9a-f-]{8,}|\d+/g, "_");

/** Makes a failure as small as it can, and asks for the story of what happened to the event concerned. */
export const explainFailure = async (
  { swarm, differences }: SeedResult,
  sent: number,
  workers: Workers,
  given: Given,
): Promise<Failure> => {
  const kind = kindOf(differences[0] ?? "");
  const smallest = await shrink(swarm, sent, async (smaller) => {
    const result = await workers.simulate(smaller);
    return result.differences.some((difference) => kindOf(difference) === kind);
  });
  const last = await workers.simulate(smallest);
  return {
    seed: swarm.seed,
    differences: last.differences,
    swarm: smallest,
    repeat: repeatLine(smallest, given),
    story: last.story,
  };
};
