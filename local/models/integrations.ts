import * as t from "io-ts";
import type { Clock } from "../clock.ts";
import { nameOf } from "../text.ts";
import type { Athena } from "./athena.ts";
import type { Functions } from "./functions.ts";
import type { EventSourceMapping } from "./mapping.ts";
import type { Objects } from "./objects.ts";
import type { Tables } from "./tables.ts";

/*
 * What the tasks of a state machine reach: the local Lambda, DynamoDB, S3, Athena and Step Functions, with AWS's error names
 * (Step Functions Developer Guide: optimized integrations, error names).
 */

export interface Integrated {
  readonly functions: Functions;
  readonly tables: Tables;
  readonly objects: Objects;
  readonly athena: Athena;
  readonly mappings: ReadonlyArray<EventSourceMapping>;
  readonly clock: Clock;
}

type Start = (
  machine: string,
  input: unknown,
) => { readonly execution: { readonly arn: string; readonly startedAt: number } };

type TaskHandler = (input: unknown) => Promise<unknown>;

const dynamodbMilliseconds = 5;

export const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

const Invoke = t.intersection([t.type({ FunctionName: t.string }), t.partial({ Payload: t.unknown })]);
const MappingCall = t.intersection([t.type({ Uuid: t.string }), t.partial({ Enabled: t.boolean })]);
const StartExecution = t.type({ StateMachineArn: t.string, Input: t.unknown });

const StartQuery = t.type({ QueryString: t.string, WorkGroup: t.string });
const PutObject = t.type({ Bucket: t.string, Key: t.string, Body: t.UnknownRecord });

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const invoke =
  ({ functions }: Integrated): TaskHandler =>
  async (input) => {
    if (!Invoke.is(input)) throw named("States.Runtime", "not an invocation");
    const result = await functions.invoke(nameOf(input.FunctionName), input.Payload ?? {});
    switch (result._tag) {
      case "Returned":
        return { StatusCode: 200, ExecutedVersion: "$LATEST", Payload: result.payload };
      case "Throttled":
        throw named("Lambda.TooManyRequestsException", "Rate Exceeded.");
      case "Failed":
        throw named(result.error, JSON.stringify({ errorType: result.error, errorMessage: result.message }));
    }
  };

const callTable =
  ({ tables, clock }: Integrated, operation: string): TaskHandler =>
  async (input) => {
    await new Promise<void>((resolve) => void clock.after(dynamodbMilliseconds, resolve));
    const answer = await tables.answer(operation, input);
    if (answer.status === 200) return JSON.parse(answer.body);
    const { __type, message } = JSON.parse(answer.body);
    throw named(`DynamoDB.${String(__type).split("#").pop()}`, String(message));
  };

const callMapping =
  ({ mappings }: Integrated, operation: string): TaskHandler =>
  async (input) => {
    const mapping = MappingCall.is(input) ? mappings.find(({ name }) => name === input.Uuid) : undefined;
    if (mapping === undefined || !MappingCall.is(input)) {
      throw named("Lambda.ResourceNotFoundException", "The resource you requested does not exist.");
    }
    if (operation === "updateEventSourceMapping" && input.Enabled !== undefined) mapping.setEnabled(input.Enabled);
    return { Uuid: mapping.name, State: mapping.state };
  };

const startChild =
  (start: Start): TaskHandler =>
  async (input) => {
    if (!StartExecution.is(input)) throw named("States.Runtime", "not a start of an execution");
    const { execution } = start(nameOf(input.StateMachineArn), input.Input);
    return { ExecutionArn: execution.arn, StartDate: new Date(execution.startedAt).toISOString() };
  };

const runQuery =
  ({ athena }: Integrated): TaskHandler =>
  async (input) => {
    if (!StartQuery.is(input)) throw named("States.Runtime", "not a query");
    await athena.run(input.QueryString).catch((error: unknown) => {
      throw named("States.TaskFailed", String(error));
    });
    return { QueryExecution: { Status: { State: "SUCCEEDED" } } };
  };

/** A body that is an object is stored as its JSON text. */
const putObject =
  ({ objects }: Integrated): TaskHandler =>
  async (input) => {
    if (!PutObject.is(input)) throw named("States.Runtime", "not an object");
    objects.put(input.Bucket, input.Key, Buffer.from(JSON.stringify(input.Body)));
    return { ETag: '"local"' };
  };

/** What a Task with this resource does; throws at once when there is no model for it. */
export const actionOf = (resource: string, integrated: Integrated, start: Start): TaskHandler => {
  const [service, action = ""] = /^(.*:)([^:]+)$/.exec(resource.slice("arn:aws:states:::".length))?.slice(1) ?? [];
  if (service === "lambda:" && action === "invoke") return invoke(integrated);
  if (service === "states:" && action === "startExecution") return startChild(start);
  if (service === "aws-sdk:lambda:") return callMapping(integrated, action);
  if (service === "aws-sdk:s3:" && action === "putObject") return putObject(integrated);
  if (service === "athena:" && action === "startQueryExecution.sync") return runQuery(integrated);
  if (service === "dynamodb:") return callTable(integrated, upperFirst(action));
  throw new Error(`the local cloud has no model for the integration ${resource}`);
};
