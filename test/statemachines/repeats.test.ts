import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

interface Retry {
  readonly ErrorEquals: ReadonlyArray<string>;
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds: number;
  readonly JitterStrategy: string;
}

interface State {
  readonly Type: string;
  readonly TimeoutSeconds?: number;
  readonly Seconds?: number;
  readonly SecondsPath?: string;
  readonly MaxConcurrency?: number;
  readonly Retry?: ReadonlyArray<Retry>;
  readonly ItemProcessor?: { readonly States: Readonly<Record<string, State>> };
}

/** What Lambda answers while it cannot run a function: none of it says that the function has begun. */
const lambda =
  "Lambda.ServiceException,Lambda.AWSLambdaException,Lambda.SdkClientException,Lambda.ClientExecutionTimeoutException,Lambda.TooManyRequestsException";
const mapping =
  "Lambda.TooManyRequestsException,Lambda.ServiceException,Lambda.ResourceInUseException,Lambda.SdkClientException,States.Timeout";
const table =
  "DynamoDB.ProvisionedThroughputExceededException,DynamoDB.ThrottlingException,DynamoDB.RequestLimitExceeded,DynamoDB.InternalServerError,States.Timeout";
const anything = "States.TaskFailed,States.Timeout";

/** Of each state the time that it has, and of each error how often it is repeated, and when: decided line by line. */
const times: Readonly<Record<string, ReadonlyArray<string>>> = {
  "refresh-queue-priorities": [
    "all: 290 s",
    "ListQueues: 12 s",
    `ListQueues ! ${lambda},GenesysUnavailable: 3 times, 2 s * 2 up to 8 s`,
    "WaitAsGenesysAsks: $.seconds",
    "StorePage: 5 s",
    `StorePage ! ${table}: 2 times, 1 s * 2 up to 4 s`,
    "ReviewQueuePriorities: 20 s",
    `ReviewQueuePriorities ! ${lambda},PriorityMapUnavailable: 1 times, 1 s * 2 up to 4 s`,
    "PublishVersion: 5 s",
    `PublishVersion ! ${table}: 2 times, 1 s * 2 up to 4 s`,
    "ConfirmVersion: 5 s",
    `ConfirmVersion ! ${table}: 2 times, 1 s * 2 up to 4 s`,
  ],
  "retry-failed-events": [
    "all: 290 s",
    "ClaimFailedChunk: 10 s",
    `ClaimFailedChunk ! ${lambda},FailedEventsUnavailable: 1 times, 1 s * 2 up to 4 s`,
    "EnrichFailedEvents: 20 s",
    `EnrichFailedEvents ! ${lambda},FailedEventsUnavailable: 1 times, 1 s * 2 up to 4 s`,
    "WaitAsGenesysAsks: $.seconds",
    "DeliverFailedEvents: 40 s",
    `DeliverFailedEvents ! ${lambda},FailedEventsUnavailable,DeliveryTurnUnavailable: 1 times, 1 s * 2 up to 4 s`,
    "WaitForItsTurn: 1 s",
  ],
  "redrive-failed-events": [
    "all: 200 s",
    "ReadMapping: 5 s",
    `ReadMapping ! ${mapping}: 2 times, 1 s * 2 up to 4 s`,
    "PlanRedrive: 15 s",
    `PlanRedrive ! ${lambda},FailedEventsUnavailable,BreakersUnavailable: 2 times, 1 s * 2 up to 4 s`,
    "PauseMapping: 5 s",
    `PauseMapping ! ${mapping}: 2 times, 1 s * 2 up to 4 s`,
    "ResumeMapping: 5 s",
    `ResumeMapping ! ${mapping}: 2 times, 1 s * 2 up to 4 s`,
    "WaitForItsTurn: $.delaySeconds",
    "StartRetry: 10 s",
    "StartRetry ! StepFunctions.ThrottlingException,StepFunctions.SdkClientException,States.Timeout: 2 times, 1 s * 2 up to 4 s",
    "PauseUnseen: 5 s",
    `PauseUnseen ! ${mapping}: 2 times, 1 s * 2 up to 4 s`,
  ],
  "compact-events": [
    "all: 43200 s",
    "PlanCompaction: 120 s",
    `PlanCompaction ! ${lambda},DaysUnavailable: 4 times, 5 s * 3 up to 60 s`,
    "OpenLines: 600 s",
    `OpenLines ! ${anything}: 4 times, 10 s * 3 up to 300 s`,
    "OpenExcess: 600 s",
    `OpenExcess ! ${anything}: 4 times, 10 s * 3 up to 300 s`,
    "EachDay: 2 at a time",
    "WriteParquet: 3600 s",
    // Only what says that no query has begun: one that has failed leaves files where the next may not write.
    "WriteParquet ! Athena.TooManyRequestsException,Athena.InternalServerException,Athena.SdkClientException: 4 times, 10 s * 3 up to 300 s",
    "AddPartition: 600 s",
    `AddPartition ! ${anything}: 4 times, 10 s * 3 up to 300 s`,
    "PublishDay: 20 s",
    `PublishDay ! ${anything}: 3 times, 5 s * 3 up to 60 s`,
  ],
};

const timesOf = (states: Readonly<Record<string, State>>): ReadonlyArray<string> =>
  Object.entries(states).flatMap(([name, state]) => [
    ...(state.TimeoutSeconds === undefined ? [] : [`${name}: ${state.TimeoutSeconds} s`]),
    ...(state.Seconds === undefined ? [] : [`${name}: ${state.Seconds} s`]),
    ...(state.SecondsPath === undefined ? [] : [`${name}: ${state.SecondsPath}`]),
    ...(state.MaxConcurrency === undefined ? [] : [`${name}: ${state.MaxConcurrency} at a time`]),
    ...(state.Retry ?? []).map(
      ({ ErrorEquals, MaxAttempts, IntervalSeconds, BackoffRate, MaxDelaySeconds, JitterStrategy }) =>
        `${name} ! ${ErrorEquals.join()}: ${MaxAttempts} times, ${IntervalSeconds} s * ${BackoffRate} up to ${MaxDelaySeconds} s` +
        (JitterStrategy === "FULL" ? "" : `, jitter ${JitterStrategy}`),
    ),
    ...timesOf(state.ItemProcessor?.States ?? {}),
  ]);

describe("each state", () => {
  it.each(Object.keys(times))("of %s has the time, and repeats what, as often and when it should", (machine) => {
    const definition = JSON.parse(readFileSync(`statemachines/${machine}.asl.json`, "utf8"));
    expect([`all: ${definition.TimeoutSeconds} s`, ...timesOf(definition.States)]).toStrictEqual(times[machine]);
  });
});
