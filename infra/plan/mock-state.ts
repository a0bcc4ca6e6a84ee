/** What AWS would answer, in the forms of the documentation, so that ARNs and names in a plan look like real ones. */
const account = "123456789012";
const region = "eu-central-1";

const arn = (service: string, resource: string): string => `arn:aws:${service}:${region}:${account}:${resource}`;

type State = Readonly<Record<string, string>>;

const states: Readonly<Record<string, (name: string) => State>> = {
  "aws:athena/workgroup:Workgroup": (name) => ({ name, arn: arn("athena", `workgroup/${name}`) }),
  "aws:cloudwatch/eventBus:EventBus": (name) => ({ name, arn: arn("events", `event-bus/${name}`) }),
  "aws:cloudwatch/eventArchive:EventArchive": (name) => ({ name, arn: arn("events", `archive/${name}`) }),
  "aws:cloudwatch/eventRule:EventRule": (name) => ({ name, arn: arn("events", `rule/genesys/${name}`) }),
  "aws:cloudwatch/logGroup:LogGroup": (name) => ({ name, arn: arn("logs", `log-group:${name}`) }),
  "aws:dynamodb/table:Table": (name) => ({ name, arn: arn("dynamodb", `table/${name}`) }),
  "aws:iam/role:Role": (name) => ({ name, arn: `arn:aws:iam::${account}:role/${name}` }),
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": (name) => ({
    name,
    arn: arn("firehose", `deliverystream/${name}`),
  }),
  "aws:lambda/eventSourceMapping:EventSourceMapping": (name) => ({
    uuid: name,
    arn: arn("lambda", `event-source-mapping:${name}`),
  }),
  "aws:lambda/function:Function": (name) => ({ name, arn: arn("lambda", `function:${name}`) }),
  "aws:secretsmanager/secret:Secret": (name) => ({ name, arn: arn("secretsmanager", `secret:${name}-AbCdEf`) }),
  "aws:sfn/stateMachine:StateMachine": (name) => ({ name, arn: arn("states", `stateMachine:${name}`) }),
  "aws:scheduler/scheduleGroup:ScheduleGroup": (name) => ({ name, arn: arn("scheduler", `schedule-group/${name}`) }),
  "aws:s3/bucket:Bucket": (name) => ({ bucket: `floodgate-${name}`, arn: `arn:aws:s3:::floodgate-${name}` }),
  "aws:sns/topic:Topic": (name) => ({ name, arn: arn("sns", name) }),
  "aws:sqs/queue:Queue": (name) => ({
    name,
    url: `https://sqs.${region}.amazonaws.com/${account}/${name}`,
    arn: arn("sqs", name),
  }),
};

const idOf = (type: string, name: string, state: State): string => {
  if (type === "aws:s3/bucket:Bucket") return state["bucket"] ?? name;
  return type === "aws:sqs/queue:Queue" ? (state["url"] ?? name) : name;
};

/** The outputs of a resource that was never created: its inputs, and what other resources refer to. */
export const mockState = (
  type: string,
  name: string,
  inputs: Readonly<Record<string, unknown>>,
): { readonly id: string; readonly state: Readonly<Record<string, unknown>> } => {
  const state = states[type]?.(typeof inputs["name"] === "string" ? inputs["name"] : name) ?? {};
  return { id: idOf(type, name, state), state: { ...inputs, ...state } };
};
