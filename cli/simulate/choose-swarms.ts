import * as E from "fp-ts/lib/Either.js";
import { scenarios } from "../../local/simulation/scenarios.ts";
import { drawSwarm, Swarm } from "../../local/simulation/swarm.ts";
import { parseJson } from "../../local/text.ts";
import { UsageError, wholeNumber } from "../command.ts";

/** From so many seeds on, of the whole mix, each fault, outcome and state has to be reached. */
export const seedsForAll = 1_000;

interface Chosen {
  readonly swarms: ReadonlyArray<Swarm>;
  /** Whether they are the whole mix, by which coverage can be judged. */
  readonly isWholeMix: boolean;
}

interface Asked {
  readonly seeds?: string | undefined;
  readonly from?: string | undefined;
  readonly minutes?: string | undefined;
  readonly scenario?: string | undefined;
  readonly swarm?: string | undefined;
}

const readSwarm = (text: string): Swarm => {
  const decoded = Swarm.decode(parseJson(text));
  if (E.isRight(decoded)) return decoded.right;
  throw new UsageError("--swarm: has to be what a failed seed printed, in single quotes");
};

/** The swarms that somebody has asked for, before how many configurations there are. */
export const chooseSwarms = (asked: Asked, variants: number): Chosen => {
  if (asked.swarm !== undefined) return { swarms: [readSwarm(asked.swarm)], isWholeMix: false };
  const from = wholeNumber("from", asked.from, 1, 0);
  const seeds = wholeNumber("seeds", asked.seeds, 100);
  const minutes = asked.minutes === undefined ? undefined : wholeNumber("minutes", asked.minutes, 1);
  const scenario = asked.scenario === undefined ? undefined : scenarios[asked.scenario];
  if (asked.scenario !== undefined && scenario === undefined) {
    throw new UsageError(`--scenario ${asked.scenario}: has to be one of ${Object.keys(scenarios).join(", ")}`);
  }
  const swarms = Array.from({ length: seeds }, (_, index) => {
    const swarm = drawSwarm(from + index, { variants, minutes });
    return scenario === undefined ? swarm : scenario.change(swarm);
  });
  return { swarms, isWholeMix: scenario === undefined && minutes === undefined && seeds >= seedsForAll };
};
