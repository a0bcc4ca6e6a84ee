import * as E from "fp-ts/lib/Either.js";
import { faultKinds } from "../../local/simulation/fault-kinds.ts";
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
  if (E.isLeft(decoded)) throw new UsageError("--swarm: has to be what a failed seed printed, in single quotes");
  const unknown = decoded.right.faults.map(({ kind }) => kind).filter((kind) => !Object.hasOwn(faultKinds, kind));
  if (unknown.length > 0) throw new UsageError(`--swarm: there is no fault ${unknown.join(", ")}`);
  if (!(decoded.right.perMinute > 0)) throw new UsageError("--swarm: perMinute has to be above 0");
  return decoded.right;
};

const readScenario = (name: string): (typeof scenarios)[string] | undefined =>
  Object.hasOwn(scenarios, name) ? scenarios[name] : undefined;

/** The swarms that somebody has asked for, before how many configurations there are. */
export const chooseSwarms = (asked: Asked, variants: number): Chosen => {
  if (asked.swarm !== undefined) return { swarms: [readSwarm(asked.swarm)], isWholeMix: false };
  const from = wholeNumber("from", asked.from, 1, 0);
  const seeds = wholeNumber("seeds", asked.seeds, 100);
  const minutes = asked.minutes === undefined ? undefined : wholeNumber("minutes", asked.minutes, 1);
  const scenario = asked.scenario === undefined ? undefined : readScenario(asked.scenario);
  if (asked.scenario !== undefined && scenario === undefined) {
    throw new UsageError(`--scenario ${asked.scenario}: has to be one of ${Object.keys(scenarios).join(", ")}`);
  }
  const swarms = Array.from({ length: seeds }, (_, index) => {
    const swarm = drawSwarm(from + index, { variants, minutes });
    return scenario === undefined ? swarm : scenario.change(swarm);
  });
  return { swarms, isWholeMix: scenario === undefined && minutes === undefined && seeds >= seedsForAll };
};
