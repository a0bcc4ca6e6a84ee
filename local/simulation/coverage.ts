import * as t from "io-ts";
import type { Plan } from "../plan.ts";
import { faultKinds } from "./fault-kinds.ts";

/** How often something was reached, by its name. */
const Counts = t.readonly(t.record(t.string, t.number));
export type Counts = t.TypeOf<typeof Counts>;

export interface Counter {
  readonly counts: Counts;
  readonly count: (name: string, times?: number) => void;
}

export const counter = (): Counter => {
  const counts: Record<string, number> = {};
  return {
    counts,
    count: (name, times = 1) => {
      counts[name] = (counts[name] ?? 0) + times;
    },
  };
};

/** What a run reached, or many together. */
export const Coverage = t.strict({
  /** Injected faults, by kind. */
  faults: Counts,
  /** Copies, by outcome. */
  outcomes: Counts,
  /** Entered states and taken catches, as `machine/State` and `machine/State -> Next`. */
  states: Counts,
  /** What operators did, and deployments. */
  acts: Counts,
});
export type Coverage = t.TypeOf<typeof Coverage>;

export const noCoverage: Coverage = { faults: {}, outcomes: {}, states: {}, acts: {} };

const sum = (a: Counts, b: Counts): Counts => {
  const total: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) total[name] = (total[name] ?? 0) + count;
  return total;
};

export const addCoverage = (a: Coverage, b: Coverage): Coverage => ({
  faults: sum(a.faults, b.faults),
  outcomes: sum(a.outcomes, b.outcomes),
  states: sum(a.states, b.states),
  acts: sum(a.acts, b.acts),
});

const State = t.partial({
  Catch: t.array(t.type({ Next: t.string })),
  ItemProcessor: t.type({ States: t.UnknownRecord }),
});
const Definition = t.type({ States: t.UnknownRecord });

const statesIn = (machine: string, states: Readonly<Record<string, unknown>>): ReadonlyArray<string> =>
  Object.entries(states).flatMap(([name, state]) => {
    if (!State.is(state)) return [`${machine}/${name}`];
    const catches = (state.Catch ?? []).map(({ Next }) => `${machine}/${name} -> ${Next}`);
    return [`${machine}/${name}`, ...new Set(catches), ...statesIn(machine, state.ItemProcessor?.States ?? {})];
  });

/** Every state and every catch of every machine of a plan. */
export const statesOf = (plan: Plan): ReadonlyArray<string> =>
  plan.ofType("aws:sfn/stateMachine:StateMachine").flatMap(({ name, inputs }) => {
    const definition: unknown = JSON.parse(String(inputs["definition"]));
    return Definition.is(definition) ? statesIn(name, definition.States) : [];
  });

/** Outcomes that a copy can have in the end; see the ledger of docs/operations.md. */
const outcomes = ["delivered", "setAside", "dropped", "duplicate", "parked", "alsoParked"];

/** What has to be reached at least once in many runs, and was not. */
export const neverReached = (coverage: Coverage, plan: Plan): ReadonlyArray<string> => [
  ...Object.keys(faultKinds)
    .filter((kind) => coverage.faults[kind] === undefined)
    .map((kind) => `fault ${kind}`),
  ...outcomes.filter((outcome) => coverage.outcomes[outcome] === undefined).map((outcome) => `outcome ${outcome}`),
  ...statesOf(plan)
    .filter((state) => coverage.states[state] === undefined)
    .map((state) => `state ${state}`),
];
