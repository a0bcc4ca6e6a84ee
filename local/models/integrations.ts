import * as t from "io-ts";
import type { Clock } from "../clock.ts";
import type { Functions } from "./functions.ts";
import type { Execution } from "./machines.ts";
import type { EventSourceMapping } from "./mapping.ts";
import type { Tables } from "./tables.ts";

/*
 * What the tasks of a state machine reach: the local Lambda, DynamoDB and Step Functions, with AWS's error names
 * (Step Functions Developer Guide: optimized integrations, error names).
 */

const dynamodbMilliseconds = 5;

export const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf(":") + 1);

const Invoke = t.intersection([t.type({ FunctionName: t.string }), t.partial({ Payload: t.unknown })]);
const MappingCall = t.intersection([t.type({ Uuid: t.string }), t.partial({ Enabled: t.boolean })]);
const Start = t.type({ StateMachineArn: t.string, Input: t.unknown });

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

type TaskHandler = (input: unknown) => Promise<unknown>;

export class Integrations {
  private readonly functions: Functions;
  private readonly tables: Tables;
  private readonly mappings: () => ReadonlyArray<EventSourceMapping>;
  private readonly clock: Clock;
  private readonly start: (machine: string, input: unknown) => { readonly execution: Execution };

  constructor(
    functions: Functions,
    tables: Tables,
    mappings: () => ReadonlyArray<EventSourceMapping>,
    clock: Clock,
    start: (machine: string, input: unknown) => { readonly execution: Execution },
  ) {
    this.functions = functions;
    this.tables = tables;
    this.mappings = mappings;
    this.clock = clock;
    this.start = start;
  }

  /** Throws at once when there is no model for it. */
  actionOf(resource: string): TaskHandler {
    const integration = resource.slice("arn:aws:states:::".length);
    if (integration === "lambda:invoke") return (input) => this.invoke(input);
    if (integration === "states:startExecution") return (input) => this.startChild(input);
    if (integration.startsWith("aws-sdk:lambda:")) {
      return (input) => this.callMapping(integration.slice("aws-sdk:lambda:".length), input);
    }
    if (integration.startsWith("dynamodb:")) {
      return (input) => this.callTable(upperFirst(integration.slice("dynamodb:".length)), input);
    }
    throw new Error(`the local cloud has no model for the integration ${resource}`);
  }

  private async invoke(input: unknown): Promise<unknown> {
    if (!Invoke.is(input)) throw named("States.Runtime", "not an invocation");
    const result = await this.functions.invoke(nameOf(input.FunctionName), input.Payload ?? {});
    switch (result._tag) {
      case "Returned":
        return { StatusCode: 200, ExecutedVersion: "$LATEST", Payload: result.payload };
      case "Throttled":
        throw named("Lambda.TooManyRequestsException", "Rate Exceeded.");
      case "Failed":
        throw named(result.error, JSON.stringify({ errorType: result.error, errorMessage: result.message }));
    }
  }

  private async callTable(operation: string, input: unknown): Promise<unknown> {
    await new Promise<void>((resolve) => void this.clock.after(dynamodbMilliseconds, resolve));
    const answer = await this.tables.answer(operation, input);
    if (answer.status === 200) return JSON.parse(answer.body);
    const { __type, message } = JSON.parse(answer.body);
    throw named(`DynamoDB.${String(__type).split("#").pop()}`, String(message));
  }

  private async callMapping(operation: string, input: unknown): Promise<unknown> {
    const mapping = MappingCall.is(input) ? this.mappings().find(({ name }) => name === input.Uuid) : undefined;
    if (mapping === undefined || !MappingCall.is(input)) {
      throw named("Lambda.ResourceNotFoundException", "The resource you requested does not exist.");
    }
    if (operation === "updateEventSourceMapping" && input.Enabled !== undefined) mapping.setEnabled(input.Enabled);
    return { Uuid: mapping.name, State: mapping.state };
  }

  private async startChild(input: unknown): Promise<unknown> {
    if (!Start.is(input)) throw named("States.Runtime", "not a start of an execution");
    const { execution } = this.start(nameOf(input.StateMachineArn), input.Input);
    return { ExecutionArn: execution.arn, StartDate: new Date(execution.startedAt).toISOString() };
  }
}
