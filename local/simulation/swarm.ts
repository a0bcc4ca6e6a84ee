import { seededRandom } from "../clock.ts";
import { faultKinds } from "./fault-kinds.ts";

/** Something that goes wrong by chance for some time; times in milliseconds of the run. */
export interface ChosenFault {
  readonly kind: string;
  readonly from: number;
  readonly until: number;
  /** Share of the occasions on which it does. */
  readonly rate: number;
}

/** What operators may do in the middle; each is a command (cli/simulate/operators.ts). */
export const operatorActs = ["redrive", "park", "import", "replay", "pause", "resume", "refresh"] as const;
export type OperatorAct = (typeof operatorActs)[number];

interface Act {
  readonly at: number;
  readonly does: OperatorAct;
}

interface Deployment {
  readonly at: number;
  readonly variant: number;
}

/** All that a seed has chosen: a mix of faults of its own, with events, operators and deployments. */
export interface Swarm {
  readonly seed: number;
  /** Which of the configurations that the simulation boots from. */
  readonly variant: number;
  readonly events: number;
  readonly perMinute: number;
  /** For so long faults last. */
  readonly minutes: number;
  /** Whether a map is published before the first event. */
  readonly hasMap: boolean;
  readonly faults: ReadonlyArray<ChosenFault>;
  readonly acts: ReadonlyArray<Act>;
  readonly deployments: ReadonlyArray<Deployment>;
  /** Indexes of events that are not sent: what shrinking has left out. */
  readonly without: ReadonlyArray<number>;
}

export interface SwarmOptions {
  /** How many configurations there are. */
  readonly variants: number;
  /** Whether a deployment may go from one to the other. */
  readonly minutes?: number | undefined;
}

const minute = 60_000;

type Random = () => number;

const pick = <A>(random: Random, first: A, ...others: ReadonlyArray<A>): A =>
  [first, ...others][Math.floor(random() * (1 + others.length))] ?? first;

/** Small rates as often as large ones. */
const rateUpTo = (random: Random, most: number): number => Number((most * 10 ** (-2 * random())).toPrecision(2));

const chooseFault = (random: Random, kind: string, most: number, minutes: number): ChosenFault => {
  const length = minutes * minute;
  const from = random() < 0.5 ? 0 : Math.floor(random() * 0.5 * length);
  const until = random() < 0.5 ? length : Math.floor(from + random() * (length - from));
  return { kind, from, until, rate: rateUpTo(random, most) };
};

const times = (random: Random, most: number, minutes: number): ReadonlyArray<number> =>
  Array.from({ length: Math.floor(random() * (most + 1)) }, () => Math.floor(random() * minutes * minute)).toSorted(
    (a, b) => a - b,
  );

/** A different mix and density for each seed: most bugs need a few kinds of faults together, and not all others. */
export const drawSwarm = (seed: number, { variants, minutes: given }: SwarmOptions): Swarm => {
  const random = seededRandom(seed);
  const variant = Math.floor(random() * variants);
  const events = pick(random, 12, 25, 40, 60);
  const perMinute = pick(random, 20, 60, 600, 6_000);
  const minutes = given ?? pick(random, 3, 6, 12, 20);
  const density = pick(random, 0.05, 0.15, 0.3);
  const hasMap = random() < 0.8;
  const faults = Object.entries(faultKinds)
    .filter(() => random() < density)
    .map(([kind, { most }]) => chooseFault(random, kind, most, minutes));
  const acts =
    random() < 0.4 ? times(random, 4, minutes).map((at) => ({ at, does: pick(random, ...operatorActs) })) : [];
  const deployments =
    random() < 0.2 ? times(random, 2, minutes).map((at) => ({ at, variant: Math.floor(random() * variants) })) : [];
  return { seed, variant, events, perMinute, minutes, hasMap, faults, acts, deployments, without: [] };
};
