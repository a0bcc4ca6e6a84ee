import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

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

const all = "States.ALL";

/** Every state, what follows it, and where each of its errors leads: as one table, because each line of it was decided. */
const routes: Readonly<Record<string, ReadonlyArray<string>>> = {
  "refresh-queue-priorities": [
    "-> ListQueues",
    "ListQueues -> PageOrWait",
    "ListQueues ! GenesysRefused -> RefusedByGenesys",
    "ListQueues ! GenesysUnreadable -> UnreadableAnswer",
    "ListQueues ! GenesysRateLimited,GenesysUnavailable,RefreshOutOfTime -> GenesysTooSlow",
    `ListQueues ! ${all} -> RefreshFailed`,
    'PageOrWait ? $.status = "wait" -> WaitAsGenesysAsks',
    "PageOrWait -> StorePage",
    "WaitAsGenesysAsks -> ListQueues",
    "StorePage -> MorePagesOrReview",
    // A page that is not stored ends the run: the version is never published.
    `StorePage ! ${all} -> RefreshFailed`,
    "MorePagesOrReview ? $.more = true -> ListQueues",
    "MorePagesOrReview -> ReviewQueuePriorities",
    "ReviewQueuePriorities -> PublishOrConfirm",
    "ReviewQueuePriorities ! RefreshRefused -> RefusedToPublish",
    `ReviewQueuePriorities ! ${all} -> RefreshFailed`,
    'PublishOrConfirm ? $.status = "publish" -> PublishVersion',
    'PublishOrConfirm ? $.status = "confirm" -> ConfirmVersion',
    "PublishOrConfirm -> ListQueues",
    "PublishVersion -> Published",
    "PublishVersion ! DynamoDB.ConditionalCheckFailedException -> Superseded",
    `PublishVersion ! ${all} -> RefreshFailed`,
    "ConfirmVersion -> Confirmed",
    "ConfirmVersion ! DynamoDB.ConditionalCheckFailedException -> Superseded",
    `ConfirmVersion ! ${all} -> RefreshFailed`,
    "Published: Succeed",
    "Confirmed: Succeed",
    "Superseded: Succeed",
    "RefusedByGenesys: Fail",
    "UnreadableAnswer: Fail",
    "GenesysTooSlow: Fail",
    "RefusedToPublish: Fail",
    "RefreshFailed: Fail",
  ],
  "retry-failed-events": [
    "-> ClaimFailedChunk",
    "ClaimFailedChunk -> ClaimedOrLost",
    `ClaimFailedChunk ! ${all} -> LeftToTheLease`,
    'ClaimedOrLost ? $.status = "claimed" -> EnrichFailedEvents',
    "ClaimedOrLost -> ClaimLost",
    "ClaimLost: Succeed",
    "EnrichFailedEvents -> ReadyOrWait",
    // Without a look-up the events are delivered with what the caches have.
    `EnrichFailedEvents ! ${all} -> DeliverFailedEvents`,
    'ReadyOrWait ? $.status = "wait" -> WaitAsGenesysAsks',
    "ReadyOrWait -> DeliverFailedEvents",
    "WaitAsGenesysAsks -> EnrichFailedEvents",
    "DeliverFailedEvents -> SettledOrBusy",
    "DeliverFailedEvents ! ChunkNotSettled -> LeftToTheLease",
    `DeliverFailedEvents ! ${all} -> LeftToTheLease`,
    'SettledOrBusy ? $.status = "busy" -> WaitForItsTurn',
    "SettledOrBusy -> Settled",
    "WaitForItsTurn -> DeliverFailedEvents",
    "Settled: Succeed",
    "LeftToTheLease: Fail",
  ],
  "redrive-failed-events": [
    "-> ReadMapping",
    "ReadMapping -> PlanRedrive",
    `ReadMapping ! ${all} -> MappingUnknown`,
    "MappingUnknown -> PlanRedrive",
    "PlanRedrive -> PauseOrResume",
    // Whoever cannot read the breakers holds the flow back: what fails now could not be stored either.
    "PlanRedrive ! FailedEventsUnavailable,BreakersUnavailable,States.Timeout,Sandbox.Timedout -> PauseUnseen",
    `PlanRedrive ! ${all} -> RedriveFailed`,
    'PauseOrResume ? $.mapping = "pause" -> PauseMapping',
    'PauseOrResume ? $.mapping = "resume" -> ResumeMapping',
    "PauseOrResume -> StartEach",
    "PauseMapping -> StartEach",
    `PauseMapping ! ${all} -> StartEach`,
    "ResumeMapping -> StartEach",
    `ResumeMapping ! ${all} -> StartEach`,
    "StartEach -> Redriven",
    "StartEach/-> WaitForItsTurn",
    "StartEach/WaitForItsTurn -> StartRetry",
    "StartEach/StartRetry -> Started",
    // One that cannot be started is due again in a minute, and keeps no other back.
    `StartEach/StartRetry ! ${all} -> LeftForTheNextMinute`,
    "StartEach/Started: end",
    "StartEach/LeftForTheNextMinute: end",
    "Redriven: Succeed",
    "PauseUnseen -> RedriveFailed",
    `PauseUnseen ! ${all} -> RedriveFailed`,
    "RedriveFailed: Fail",
  ],
};

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
};

const resultOf = ({ ResultPath, OutputPath, ResultSelector, Result }: State): string => {
  if (ResultPath === null) return "the state";
  if (OutputPath === "$.Payload") return "its answer";
  return JSON.stringify(ResultSelector ?? Result);
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

describe("the conditions of writes", () => {
  it("let the later run win, and confirm only the very map that was listed, never backwards", () => {
    const conditions = statesOf(machineOf("refresh-queue-priorities")).flatMap(([name, { Parameters }]) =>
      Parameters?.ConditionExpression === undefined ? [] : [[name, Parameters.ConditionExpression]],
    );
    expect(conditions).toStrictEqual([
      ["PublishVersion", "attribute_not_exists(pointsTo) OR pointsTo < :version"],
      ["ConfirmVersion", "contentHash = :hash AND checkedAt < :at"],
    ]);
  });
});
