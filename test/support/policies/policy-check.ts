import type { Plan } from "../../../local/plan.ts";

/** A rule that a plan has to keep; its name says what happens to whoever breaks it. */
export interface PolicyCheck {
  readonly name: string;
  readonly violations: (plan: Plan) => ReadonlyArray<string>;
}

// biome-ignore lint/suspicious/noExplicitAny: inputs as the program gave them, with whatever a test has taken out
export type Inputs = any;

export const types = {
  queue: "aws:sqs/queue:Queue",
  queuePolicy: "aws:sqs/queuePolicy:QueuePolicy",
  table: "aws:dynamodb/table:Table",
  bucket: "aws:s3/bucket:Bucket",
  stream: "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
  function: "aws:lambda/function:Function",
  mapping: "aws:lambda/eventSourceMapping:EventSourceMapping",
  machine: "aws:sfn/stateMachine:StateMachine",
  schedule: "aws:scheduler/schedule:Schedule",
  target: "aws:cloudwatch/eventTarget:EventTarget",
  logGroup: "aws:cloudwatch/logGroup:LogGroup",
  rolePolicy: "aws:iam/rolePolicy:RolePolicy",
  role: "aws:iam/role:Role",
  topicPolicy: "aws:sns/topicPolicy:TopicPolicy",
  alarm: "aws:cloudwatch/metricAlarm:MetricAlarm",
} as const;

type Judge = (inputs: Inputs, name: string, plan: Plan) => boolean;

/** One violation for each resource of a type that the judge does not like. */
export const each =
  (type: string, isRight: Judge): PolicyCheck["violations"] =>
  (plan) =>
    plan
      .ofType(type)
      .filter(({ inputs, name }) => {
        try {
          return !isRight(inputs, name, plan);
        } catch {
          return true;
        }
      })
      .map(({ name }) => `${type} ${name}`);

export const isDeadLetters = (name: string): boolean => name.endsWith("dead-letters");

export const parse = (text: unknown): Inputs => JSON.parse(String(text));

export const statements = (inputs: Inputs): ReadonlyArray<Inputs> => parse(inputs.policy).Statement;

export const list = (value: Inputs): ReadonlyArray<string> => (Array.isArray(value) ? value : [value]);

export const deniesPlainText = (inputs: Inputs): boolean =>
  statements(inputs).some(
    ({ Effect, Condition }: Inputs) => Effect === "Deny" && Condition?.Bool?.["aws:SecureTransport"] === "false",
  );

export const s3Of = (inputs: Inputs): Inputs => inputs.extendedS3Configuration;

const processor = (inputs: Inputs, type: string): Inputs =>
  s3Of(inputs).processingConfiguration.processors.find((each: Inputs) => each.type === type);

export const parameter = (inputs: Inputs, type: string, name: string): string =>
  processor(inputs, type).parameters.find((each: Inputs) => each.parameterName === name).parameterValue;

export const functionOf = (plan: Plan, name: string): Inputs =>
  plan.ofType(types.function).find((each) => each.name === name)?.inputs;

/** What AWS offers nothing narrower than `*` for (Step Functions guide, logging to CloudWatch). */
export const onlyForStar = (action: string): boolean =>
  action.startsWith("logs:") && !action.startsWith("logs:PutLogEvents");

export const fourteenDays = 14 * 24 * 60 * 60;
