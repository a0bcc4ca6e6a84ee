import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { routes } from "./routes.ts";

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Default?: string;
  readonly Choices?: ReadonlyArray<Readonly<Record<string, unknown>>>;
  readonly Catch?: ReadonlyArray<{
    readonly ErrorEquals: ReadonlyArray<string>;
    readonly ResultPath?: string;
    readonly Next: string;
  }>;
  readonly ResultPath?: string | null;
  readonly OutputPath?: string;
  readonly ResultSelector?: Readonly<Record<string, string>>;
  readonly Result?: unknown;
  readonly Parameters?: { readonly ConditionExpression?: string };
  readonly ItemProcessor?: Machine;
}

interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

const comparison = ({ Variable, Next: _, ...rest }: Readonly<Record<string, unknown>>): string =>
  `${Variable} = ${Object.values(rest)
    .map((value) => JSON.stringify(value))
    .join()}`;

const routesOf = ({ StartAt, States }: Machine, within = ""): ReadonlyArray<string> => [
  `${within}-> ${StartAt}`,
  ...Object.entries(States).flatMap(([name, state]) => [
    ...(state.Choices ?? []).map((choice) => `${within}${name} ? ${comparison(choice)} -> ${choice["Next"]}`),
    ...[state.Next, state.Default].flatMap((next) => (next === undefined ? [] : [`${within}${name} -> ${next}`])),
    ...(state.Catch ?? []).map(({ ErrorEquals, Next }) => `${within}${name} ! ${ErrorEquals.join()} -> ${Next}`),
    ...(["Succeed", "Fail"].includes(state.Type) ? [`${within}${name}: ${state.Type}`] : []),
    ...(state.End === true ? [`${within}${name}: end`] : []),
    ...(state.ItemProcessor === undefined ? [] : routesOf(state.ItemProcessor, `${name}/`)),
  ]),
];

const machineOf = (name: string): Machine => JSON.parse(readFileSync(`statemachines/${name}.asl.json`, "utf8"));

describe.each(Object.entries(routes))("the machine %s", (name, expected) => {
  it("leads from each state, and from each error of it, where it has to", () => {
    expect(routesOf(machineOf(name))).toStrictEqual(expected);
  });

  it("keeps its input beside every error that it goes on after", () => {
    const states = Object.entries(machineOf(name).States);
    const ends = new Set(
      states.filter(([, { Type }]) => Type === "Fail" || Type === "Succeed").map(([state]) => state),
    );
    const losing = states.flatMap(([state, { Catch = [] }]) =>
      Catch.filter(({ ResultPath, Next }) => (ResultPath === undefined || ResultPath === "$") && !ends.has(Next)).map(
        ({ Next }) => [state, Next],
      ),
    );
    // What MappingUnknown says stands in the place of what could not be read.
    expect(losing).toStrictEqual(name === "redrive-failed-events" ? [["ReadMapping", "MappingUnknown"]] : []);
  });
});

/** What each task and Pass leaves as the state: a function's answer, something of a service's, or what was there. */
const results: Readonly<Record<string, string>> = {
  ListQueues: "its answer",
  StorePage: "the state",
  ReviewQueuePriorities: "its answer",
  PublishVersion: "the state",
  ConfirmVersion: "the state",
  ClaimFailedChunk: "its answer",
  EnrichFailedEvents: "its answer",
  DeliverFailedEvents: "its answer",
  ReadMapping: '{"mapping.$":"$.State"}',
  MappingUnknown: '{"mapping":"Unknown"}',
  PlanRedrive: "its answer",
  PauseMapping: "the state",
  ResumeMapping: "the state",
  StartEach: "the state",
  StartRetry: "the state",
  PauseUnseen: "the state",
  PlanCompaction: "its answer",
  OpenLines: "the state",
  OpenExcess: "the state",
  EachDay: '{"someFailed.$":"States.ArrayContains($, \'not compacted\')"}',
  NameVersion:
    '{"dt.$":"$.dt","objects.$":"$.objects","version.$":"States.Format(\'{}.{}\', $.dt, States.UUID())","namedAt.$":"$$.State.EnteredTime"}',
  WriteParquet: "the state",
  AddPartition: "the state",
  PublishDay: "the state",
};

const resultOf = ({ Type, ResultPath, OutputPath, ResultSelector, Result, Parameters }: State): string => {
  if (ResultPath === null) return "the state";
  if (OutputPath === "$.Payload") return "its answer";
  return JSON.stringify(ResultSelector ?? Result ?? (Type === "Pass" ? Parameters : undefined));
};

const statesOf = ({ States }: Machine): ReadonlyArray<readonly [string, State]> =>
  Object.entries(States).flatMap(([name, state]) => [
    [name, state] as const,
    ...(state.ItemProcessor === undefined ? [] : statesOf(state.ItemProcessor)),
  ]);

describe("the state that is handed on", () => {
  it("is what the next one needs", () => {
    const found = Object.keys(routes)
      .flatMap((name) => statesOf(machineOf(name)))
      .filter(([, { Type, End }]) => ["Task", "Map", "Pass"].includes(Type) && !(Type === "Pass" && End === true))
      .map(([name, state]) => [name, resultOf(state)]);
    expect(Object.fromEntries(found)).toStrictEqual(results);
  });
});
