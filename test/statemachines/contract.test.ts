import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import validate from "asl-validator";
import { describe, expect, it } from "vitest";
import { renderDefinition } from "../../infra/constructors/render-definition.ts";
import { listingBudget } from "../../src/priorities/refresh-progress.ts";
import { mostWaits } from "../../src/retry/deliver-failed-events.ts";

interface Retrier {
  readonly ErrorEquals: ReadonlyArray<string>;
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxAttempts: number;
  readonly MaxDelaySeconds: number;
  readonly JitterStrategy: string;
}

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly SecondsPath?: string;
  readonly Retry?: ReadonlyArray<Retrier>;
  readonly Catch?: ReadonlyArray<{ readonly ErrorEquals: ReadonlyArray<string>; readonly Next: string }>;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: ReadonlyArray<{ readonly Next: string }>;
  readonly Parameters?: { readonly FunctionName?: string };
  readonly Error?: string;
  readonly Cause?: string;
  readonly CausePath?: string;
  readonly Comment?: string;
  readonly ItemProcessor?: Machine;
}

interface Machine {
  readonly Comment?: string;
  readonly StartAt: string;
  readonly TimeoutSeconds?: number;
  readonly States: Readonly<Record<string, State>>;
}

/** Those that wait for queries; Express ends after five minutes. */
const standard: ReadonlySet<string> = new Set(["compact-events"]);
const halfADay = 12 * 60 * 60;

const steps = readdirSync("src", { recursive: true, encoding: "utf8" }).map((file) => basename(file));
const names = readdirSync("statemachines").map((file) => file.replace(".asl.json", ""));
const textOf = (name: string): string => readFileSync(`statemachines/${name}.asl.json`, "utf8");
const machineOf = (name: string): Machine => JSON.parse(textOf(name));

const statesOf = (machine: Machine): ReadonlyArray<readonly [string, State]> =>
  Object.entries(machine.States).flatMap(([name, state]) => [
    [name, state] as const,
    ...(state.ItemProcessor === undefined ? [] : statesOf(state.ItemProcessor)),
  ]);
const tasksOf = (name: string) => statesOf(machineOf(name)).filter(([, { Type }]) => Type === "Task");

const lambdaServiceErrors = [
  "Lambda.ServiceException",
  "Lambda.AWSLambdaException",
  "Lambda.SdkClientException",
  "Lambda.ClientExecutionTimeoutException",
  "Lambda.TooManyRequestsException",
];

/** What each function's step can answer as a failure: the tags of its error union, which runtime throws by name. */
const errorsOf: Readonly<Record<string, ReadonlyArray<string>>> = {
  ListQueues: ["GenesysRateLimited", "GenesysUnavailable", "GenesysRefused", "GenesysUnreadable", "RefreshOutOfTime"],
  ReviewQueuePriorities: ["PriorityMapUnavailable", "RefreshRefused"],
  ClaimFailedChunk: ["FailedEventsUnavailable"],
  EnrichFailedEvents: ["FailedEventsUnavailable"],
  DeliverFailedEvents: ["FailedEventsUnavailable", "DeliveryTurnUnavailable", "ChunkNotSettled"],
  PlanCompaction: ["DaysUnavailable", "DaysNotFinished"],
  PlanRedrive: ["FailedEventsUnavailable", "BreakersUnavailable"],
};

const handlerOf = (state: string): string => state.replaceAll(/(?<!^)([A-Z])/g, "-$1").toLowerCase();

/** Seconds that a wait dictated by Genesys takes at most, by machine: the functions that answer it hold the budget. */
const longestWait: Readonly<Record<string, number>> = { "retry-failed-events": 20 };

/** Loops end by a budget of time that their function keeps, counted from the start of the execution. */
const loopBudget: Readonly<Record<string, number>> = { "refresh-queue-priorities": listingBudget / 1000 };

/** A loop that its function ends by counting, by the state that it comes through: seconds of all its rounds. */
const turnLoop = "WaitForItsTurn";
const secondsOfRound = 1 + 1;
const countedLoops: Readonly<Record<string, number>> = { "retry-failed-events": mostWaits * secondsOfRound };

const attemptsOf = ({ Retry = [] }: State): number => 1 + Math.max(0, ...Retry.map(({ MaxAttempts }) => MaxAttempts));

const pausesOf = ({ Retry = [] }: State): number =>
  Math.max(
    0,
    ...Retry.map(({ IntervalSeconds, BackoffRate, MaxAttempts, MaxDelaySeconds }) =>
      Array.from({ length: MaxAttempts }, (_, attempt) =>
        Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** attempt),
      ).reduce((sum, pause) => sum + pause, 0),
    ),
  );

const secondsOf = (machine: string, state: State): number => {
  if (state.Type === "Wait") return longestWait[machine] ?? 0;
  return state.Type === "Task" ? attemptsOf(state) * (state.TimeoutSeconds ?? 0) + pausesOf(state) : 0;
};

const nextOf = ({ Next, Default, Choices = [] }: State): ReadonlyArray<string> =>
  [Next, Default, ...Choices.map((choice) => choice.Next)].filter((next) => next !== undefined);

/** Longest time of a path that visits each state at most as often as its loops may bring it there. */
const longestPath = (
  machine: string,
  states: Machine["States"],
  name: string,
  visits: ReadonlyMap<string, number>,
): number => {
  const state = states[name];
  const most = machine in loopBudget ? 1 : 2;
  const isCounted = name === turnLoop && machine in countedLoops;
  if (state === undefined || isCounted || (visits.get(name) ?? 0) >= most) return 0;
  const visited = new Map(visits).set(name, (visits.get(name) ?? 0) + 1);
  const further = nextOf(state).map((next) => longestPath(machine, states, next, visited));
  return secondsOf(machine, state) + Math.max(0, ...further);
};

describe.each(names)("the machine %s", (name) => {
  const machine = machineOf(name);

  it("is a valid definition with a purpose and an end in time", () => {
    expect(
      validate(
        JSON.parse(
          textOf(name)
            .replaceAll(/\$\{\w+Query\}/g, "$.query")
            .replaceAll(/\$\{\w+\}/g, "arn:aws:lambda:eu-central-1:123456789012:function:x"),
        ),
      ).isValid,
    ).toBe(true);
    expect(machine.Comment?.length).toBeGreaterThan(60);
    expect(machine.TimeoutSeconds).toBeLessThanOrEqual(standard.has(name) ? halfADay : 290);
  });

  it("gives every task a timeout, a retry with backoff and full jitter, and a catch to a named end or path", () => {
    for (const [, task] of tasksOf(name)) {
      expect(task.TimeoutSeconds).toBeGreaterThan(0);
      for (const retrier of task.Retry ?? []) {
        expect(retrier.JitterStrategy).toBe("FULL");
        expect(retrier.BackoffRate).toBeGreaterThanOrEqual(1);
        expect(retrier.MaxDelaySeconds).toBeGreaterThanOrEqual(retrier.IntervalSeconds);
      }
      expect(task.Retry?.length).toBeGreaterThan(0);
      expect(task.Catch?.at(-1)?.ErrorEquals).toStrictEqual(["States.ALL"]);
    }
  });

  it("retries the errors of the Lambda service in every task that invokes a function", () => {
    for (const [, task] of tasksOf(name).filter(([, { Resource }]) => Resource === "arn:aws:states:::lambda:invoke")) {
      expect(task.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals)).toEqual(
        expect.arrayContaining(lambdaServiceErrors),
      );
    }
  });

  it("names only errors that the task's function throws, and leaves none of them to chance", () => {
    for (const [state, task] of tasksOf(name).filter(([, { Parameters }]) => Parameters?.FunctionName !== undefined)) {
      const handled = [...(task.Retry ?? []), ...(task.Catch ?? [])].flatMap(({ ErrorEquals }) => ErrorEquals);
      const own = handled.filter((error) => !error.includes("."));
      expect(own.filter((error) => !errorsOf[state]?.includes(error))).toStrictEqual([]);
      expect(errorsOf[state]?.filter((error) => !own.includes(error))).toStrictEqual([]);
      expect(existsSync(`handlers/${handlerOf(state)}.ts`)).toBe(true);
      expect(steps).toContain(`${handlerOf(state)}.ts`);
    }
  });

  it("says at every failure what failed and what it means", () => {
    for (const [, state] of statesOf(machine).filter(([, { Type }]) => Type === "Fail")) {
      const meaning = state.CausePath === undefined ? state.Cause : state.Comment;
      expect([state.Error?.length ?? 0, meaning?.length ?? 0].every((length) => length > 0)).toBe(true);
    }
  });

  it("takes a cause from the state only where a function's own error leads, which always has one", () => {
    const catchers = statesOf(machine).flatMap(([state, { Catch }]) =>
      (Catch ?? []).map((each) => ({ state, ...each })),
    );
    for (const [fail] of statesOf(machine).filter(([, { CausePath }]) => CausePath === "$.failure.Cause")) {
      const leading = catchers.filter(({ Next }) => Next === fail);
      const foreign = leading.flatMap(({ state, ErrorEquals }) =>
        ErrorEquals.filter((error) => errorsOf[state]?.includes(error) !== true),
      );
      expect([leading.length > 0, foreign]).toStrictEqual([true, []]);
    }
  });

  it.skipIf(standard.has(name))("ends within 270 s on every path, whatever is retried and waited for", () => {
    const loops = (loopBudget[name] ?? 0) + (countedLoops[name] ?? 0);
    expect(loops + longestPath(name, machine.States, machine.StartAt, new Map())).toBeLessThan(270);
  });
});

describe("renderDefinition", () => {
  it("refuses a placeholder without a value, and a value without its placeholder", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of a definition
    expect(() => renderDefinition("m", '{"a":"${A}"}', { B: "b" })).toThrow("no value for [A], no placeholder for [B]");
  });

  it("fills every placeholder", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of a definition
    expect(renderDefinition("m", '{ "a": "${A}" }', { A: "arn" })).toBe('{"a":"arn"}');
  });
});
