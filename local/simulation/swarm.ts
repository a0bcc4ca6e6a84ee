import * as t from "io-ts";
import { seededRandom } from "../clock.ts";
import { faultKinds } from "./fault-kinds.ts";
import { randomOf } from "./random-of.ts";

/** What operators may do in the middle; each is a command (cli/simulate/operators.ts). */
const OperatorAct = t.keyof({
  redrive: null,
  park: null,
  import: null,
  replay: null,
  pause: null,
  resume: null,
  refresh: null,
});
export type OperatorAct = t.TypeOf<typeof OperatorAct>;

const acts = ["redrive", "park", "import", "replay", "pause", "resume", "refresh"] as const satisfies OperatorAct[];

/** Something that goes wrong by chance for some time; times in milliseconds of the run. */
const ChosenFault = t.strict({
  kind: t.string,
  from: t.number,
  until: t.number,
  /** Share of the occasions on which it does. */
  rate: t.number,
});
export type ChosenFault = t.TypeOf<typeof ChosenFault>;

/** All that a seed has chosen: a mix of faults of its own, with events, operators and deployments. */
export const Swarm = t.exact(
  t.intersection([
    t.type({
      seed: t.number,
      /** Which of the configurations that the simulation boots from. */
      variant: t.number,
      events: t.number,
      perMinute: t.number,
      /** For so long faults last. */
      minutes: t.number,
      /** Whether a map is published before the first event. */
      hasMap: t.boolean,
      faults: t.readonlyArray(ChosenFault),
      acts: t.readonlyArray(t.strict({ at: t.number, does: OperatorAct })),
      deployments: t.readonlyArray(t.strict({ at: t.number, variant: t.number })),
    }),
    /** Indexes of the events that are sent, where shrinking has left some out. */
    t.partial({ only: t.readonlyArray(t.number) }),
  ]),
  "Swarm",
);
export type Swarm = t.TypeOf<typeof Swarm>;

interface SwarmOptions {
  /** How many configurations there are. */
  readonly variants: number;
  /** For how long things go wrong, instead of what the seed would choose. */
  readonly minutes?: number | undefined;
}

const minute = 60_000;

type Random = () => number;

const pick = <A>(random: Random, first: A, ...others: ReadonlyArray<A>): A =>
  [first, ...others][Math.floor(random() * (1 + others.length))] ?? first;

/** As often near to the most as far below it, where small rates are as likely as large ones. */
const rateUpTo = (random: Random, most: number): number => {
  const share = random() < 0.5 ? 1 - random() / 2 : 10 ** (-2 * random());
  return Number((most * share).toPrecision(2));
};

const chooseFault = (
  random: Random,
  kind: string,
  { most, isOutage }: (typeof faultKinds)[string],
  minutes: number,
): ChosenFault => {
  const length = minutes * minute;
  const from = random() < 0.5 ? 0 : Math.floor(random() * 0.5 * length);
  const until = random() < 0.5 ? length : Math.floor(from + random() * (length - from));
  const rate = rateUpTo(random, most);
  return { kind, from, until, rate: isOutage === true ? most : rate };
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
  const minutes = given ?? pick(random, 3, 6, 12, 20, 45);
  const density = pick(random, 0.05, 0.15, 0.3);
  const hasMap = random() < 0.8;
  const faults = Object.entries(faultKinds).flatMap(([kind, of]) => {
    // Each kind by chances of its own, so that a new one changes nothing of the others.
    const own = randomOf(seed, `draws ${kind}`);
    return own() < density ? [chooseFault(own, kind, of, minutes)] : [];
  });
  const chosen = random() < 0.4 ? times(random, 4, minutes).map((at) => ({ at, does: pick(random, ...acts) })) : [];
  const deployments =
    random() < 0.2 ? times(random, 2, minutes).map((at) => ({ at, variant: Math.floor(random() * variants) })) : [];
  return { seed, variant, events, perMinute, minutes, hasMap, faults, acts: chosen, deployments };
};
