import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Parameters?: object;
  readonly ItemProcessor?: { readonly States: Readonly<Record<string, State>> };
}

/** With `<Name>` for what the program fills in. */
const statesOf = (machine: string): Readonly<Record<string, State>> =>
  JSON.parse(readFileSync(`statemachines/${machine}.asl.json`, "utf8").replaceAll(/\$\{(\w+)\}/g, "<$1>")).States;

const asked = (states: Readonly<Record<string, State>>): ReadonlyArray<readonly [string, string, unknown]> =>
  Object.entries(states).flatMap(([name, state]) => [
    ...(state.Type === "Task"
      ? [[name, state.Resource?.replace("arn:aws:states:::", "") ?? "", state.Parameters] as const]
      : []),
    ...asked(state.ItemProcessor?.States ?? {}),
  ]);

const invoked = (name: string, Payload: object) => [
  "lambda:invoke",
  { FunctionName: `<${name}FunctionArn>`, ...Payload },
];
const theState = { "Payload.$": "$" };

const pointer = { version: { S: "published" }, page: { N: "0" } };

const mappingOf = (operation: string, more: object = {}) => [
  `aws-sdk:lambda:${operation}EventSourceMapping`,
  { Uuid: "<EventSourceMappingId>", ...more },
];

const query = (sql: string, more: object = {}) => [
  "athena:startQueryExecution.sync",
  {
    "QueryString.$": `<${sql}Query>`,
    WorkGroup: "<Workgroup>",
    QueryExecutionContext: { Database: "<Database>" },
    ...more,
  },
];

describe("what each task asks, and of whom", () => {
  it("when priorities are refreshed: pages first, each for good, and the pointer only moves forward", () => {
    expect(asked(statesOf("refresh-queue-priorities"))).toStrictEqual([
      [
        "ListQueues",
        ...invoked("ListQueues", {
          Payload: {
            "startedAt.$": "$$.Execution.StartTime",
            // Two executions of one name never write the same version.
            "execution.$": "States.Format('{}.{}', $$.Execution.Name, States.UUID())",
            "progress.$": "$",
          },
        }),
      ],
      [
        "StorePage",
        "dynamodb:putItem",
        {
          TableName: "<QueuePrioritiesTable>",
          Item: {
            version: { "S.$": "$.version" },
            page: { "N.$": "$.pageText" },
            queues: { "S.$": "$.queues" },
            leftOut: { "S.$": "$.leftOut" },
            expiresAt: { "N.$": "$.expiresAtText" },
            run: { "S.$": "$$.Execution.Name" },
          },
        },
      ],
      ["ReviewQueuePriorities", ...invoked("ReviewQueuePriorities", theState)],
      [
        "PublishVersion",
        "dynamodb:updateItem",
        {
          TableName: "<QueuePrioritiesTable>",
          Key: pointer,
          ConditionExpression: "attribute_not_exists(pointsTo) OR pointsTo < :version",
          UpdateExpression:
            "SET pointsTo = :version, pages = :pages, queueCount = :queues, contentHash = :hash, publishedAt = :at, checkedAt = :at, incomplete = :incomplete",
          ExpressionAttributeValues: {
            ":version": { "S.$": "$.version" },
            ":pages": { "N.$": "$.pagesText" },
            ":queues": { "N.$": "$.queuesText" },
            ":hash": { "S.$": "$.hash" },
            ":at": { "S.$": "$.at" },
            ":incomplete": { "N.$": "$.incompleteText" },
          },
        },
      ],
      [
        "ConfirmVersion",
        "dynamodb:updateItem",
        {
          TableName: "<QueuePrioritiesTable>",
          Key: pointer,
          ConditionExpression: "contentHash = :hash AND checkedAt < :at",
          UpdateExpression: "SET checkedAt = :at",
          ExpressionAttributeValues: { ":hash": { "S.$": "$.hash" }, ":at": { "S.$": "$.at" } },
        },
      ],
    ]);
  });

  it("when failed events are retried: the whole state goes from step to step", () => {
    expect(asked(statesOf("retry-failed-events"))).toStrictEqual([
      ["ClaimFailedChunk", ...invoked("ClaimFailedChunk", theState)],
      ["EnrichFailedEvents", ...invoked("EnrichFailedEvents", theState)],
      ["DeliverFailedEvents", ...invoked("DeliverFailedEvents", theState)],
    ]);
  });

  it("each minute: the mapping is held back or let go, and each chunk is started with the attempt that it is due for", () => {
    expect(asked(statesOf("redrive-failed-events"))).toStrictEqual([
      ["ReadMapping", ...mappingOf("get")],
      ["PlanRedrive", ...invoked("PlanRedrive", { Payload: { "mapping.$": "$.mapping" } })],
      ["PauseMapping", ...mappingOf("update", { Enabled: false })],
      ["ResumeMapping", ...mappingOf("update", { Enabled: true })],
      [
        "StartRetry",
        "states:startExecution",
        {
          StateMachineArn: "<RetryFailedEventsArn>",
          Input: { "chunkId.$": "$.chunkId", "attempt.$": "$.attempt" },
        },
      ],
      ["PauseUnseen", ...mappingOf("update", { Enabled: false })],
    ]);
  });

  it("when days are compacted: each version is asked for once, and published with what it holds", () => {
    expect(asked(statesOf("compact-events"))).toStrictEqual([
      ["PlanCompaction", ...invoked("PlanCompaction", { Payload: { "asked.$": "$" } })],
      ["OpenLines", ...query("OpenLines")],
      ["OpenExcess", ...query("OpenExcess")],
      ["WriteParquet", ...query("Unload", { "ClientRequestToken.$": "$.version" })],
      ["AddPartition", ...query("AddPartition")],
      [
        "PublishDay",
        "aws-sdk:s3:putObject",
        {
          Bucket: "<Bucket>",
          "Key.$": "States.Format('compacted/days/{}.json', $.version)",
          Body: {
            "dt.$": "$.dt",
            "version.$": "$.version",
            "objects.$": "$.objects",
            "namedAt.$": "$.namedAt",
            // Later than the name: from when on the marker lies there queries are told.
            "publishedAt.$": "$$.State.EnteredTime",
          },
        },
      ],
    ]);
  });
});
