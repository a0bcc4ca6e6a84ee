import type { Plan, PlannedResource } from "../../../local/plan.ts";

/** A rule that a plan has to keep; its name says what happens to whoever breaks it. */
export interface PolicyCheck {
  readonly name: string;
  readonly violations: (plan: Plan) => ReadonlyArray<string>;
}

// biome-ignore lint/suspicious/noExplicitAny: inputs as the program gave them, with whatever a test has taken out
export type Inputs = any;

export const types = {
  alarm: "aws:cloudwatch/metricAlarm:MetricAlarm",
  archive: "aws:cloudwatch/eventArchive:EventArchive",
  bucket: "aws:s3/bucket:Bucket",
  bucketEncryption: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  bucketLifecycle: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  bucketOwnership: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  bucketPolicy: "aws:s3/bucketPolicy:BucketPolicy",
  bus: "aws:cloudwatch/eventBus:EventBus",
  dashboard: "aws:cloudwatch/dashboard:Dashboard",
  database: "aws:glue/catalogDatabase:CatalogDatabase",
  function: "aws:lambda/function:Function",
  glueTable: "aws:glue/catalogTable:CatalogTable",
  logGroup: "aws:cloudwatch/logGroup:LogGroup",
  logStream: "aws:cloudwatch/logStream:LogStream",
  machine: "aws:sfn/stateMachine:StateMachine",
  mapping: "aws:lambda/eventSourceMapping:EventSourceMapping",
  namedQuery: "aws:athena/namedQuery:NamedQuery",
  provider: "pulumi:providers:aws",
  publicAccessBlock: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  queue: "aws:sqs/queue:Queue",
  queuePolicy: "aws:sqs/queuePolicy:QueuePolicy",
  role: "aws:iam/role:Role",
  rolePolicy: "aws:iam/rolePolicy:RolePolicy",
  rule: "aws:cloudwatch/eventRule:EventRule",
  schedule: "aws:scheduler/schedule:Schedule",
  secret: "aws:secretsmanager/secret:Secret",
  secretVersion: "aws:secretsmanager/secretVersion:SecretVersion",
  stream: "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
  table: "aws:dynamodb/table:Table",
  target: "aws:cloudwatch/eventTarget:EventTarget",
  topic: "aws:sns/topic:Topic",
  topicPolicy: "aws:sns/topicPolicy:TopicPolicy",
  topicSubscription: "aws:sns/topicSubscription:TopicSubscription",
  workgroup: "aws:athena/workgroup:Workgroup",
} as const;

type Judge = (inputs: Inputs, resource: PlannedResource & { readonly options: Inputs }, plan: Plan) => boolean;

const keeps = (isRight: () => boolean): boolean => {
  try {
    return isRight();
  } catch {
    return false;
  }
};

/** One violation for each resource of a type that the judge does not like. */
export const each =
  (type: string, isRight: Judge): PolicyCheck["violations"] =>
  (plan) =>
    plan
      .ofType(type)
      .filter((resource) => {
        const options = resource.options ?? {};
        return !keeps(() => isRight(resource.inputs, { ...resource, options }, plan));
      })
      .map(({ name }) => `${type} ${name}`);

/** One violation for each resource of a type that has nothing of another type beside it. */
export const eachHas =
  (type: string, other: string, belongs: (resource: PlannedResource, candidate: Inputs, name: string) => boolean) =>
  (plan: Plan): ReadonlyArray<string> =>
    plan
      .ofType(type)
      .filter(
        (resource) => !plan.ofType(other).some(({ inputs, name }) => keeps(() => belongs(resource, inputs, name))),
      )
      .map(({ name }) => `${type} ${name} has no ${other}`);

/** A violation for each named resource that a plan lacks. */
export const hasAll =
  (...wanted: ReadonlyArray<readonly [string, string]>) =>
  (plan: Plan): ReadonlyArray<string> =>
    wanted
      .filter(([type, name]) => !plan.ofType(type).some((resource) => resource.name === name))
      .map(([type, name]) => `there is no ${type} ${name}`);

export const isDeadLetters = (name: string): boolean => name.endsWith("dead-letters");

export const nameAtEnd = (arn: string): string => arn.slice(Math.max(arn.lastIndexOf(":"), arn.lastIndexOf("/")) + 1);

export const parse = (text: unknown): Inputs => JSON.parse(String(text));

export const statements = (inputs: Inputs): ReadonlyArray<Inputs> => parse(inputs.policy).Statement;

export const list = (value: Inputs): ReadonlyArray<string> => (Array.isArray(value) ? value : [value]);

export const deniesPlainText = (inputs: Inputs): boolean =>
  statements(inputs).some(
    ({ Effect, Condition }: Inputs) => Effect === "Deny" && Condition?.Bool?.["aws:SecureTransport"] === "false",
  );

export const inputsOf = (plan: Plan, type: string, name: string): Inputs =>
  plan.ofType(type).find((resource) => resource.name === name)?.inputs;

/** The stack's one bus, by the name that other resources refer to. */
export const busNameOf = (plan: Plan): string => {
  const [bus] = plan.ofType(types.bus);
  return String(bus?.inputs["name"] ?? bus?.name);
};

export const functionOf = (plan: Plan, name: string): Inputs => inputsOf(plan, types.function, name);

/** Whether the stack's data outlives it. */
export const retains = (plan: Plan): boolean => inputsOf(plan, types.bucket, "events").forceDestroy !== true;

/** Whether the stack's functions reserve concurrency at all; an account may have too little for it. */
export const reserves = (plan: Plan): boolean =>
  plan
    .ofType(types.function)
    .some(({ name, inputs }) => name === "transform-records" && inputs["reservedConcurrentExecutions"] !== undefined);
