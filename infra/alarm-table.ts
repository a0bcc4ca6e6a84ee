/** What an alarm watches: one metric of AWS or of our own functions, or the sum of several. */
export interface Watched {
  readonly namespace: string;
  readonly metric: string;
  /** Dimensions by name; values are names of resources, see `ResourceName`. */
  readonly dimension: { readonly name: string; readonly of: ResourceName };
  /** A second one, where the metric has two: a rule of a bus other than the default one. */
  readonly within?: { readonly name: string; readonly of: ResourceName };
}

/** The resources that alarms look at; their physical names are known only when they are made. */
export type ResourceName =
  | "buffer"
  | "buffer-dead-letters"
  | "target-dead-letters"
  | "schedule-dead-letters"
  | "process-batch"
  | "transform-records"
  | "deliver-failed-events"
  | "park-dead-letters"
  | "plan-redrive"
  | "refresh-queue-priorities"
  | "redrive-failed-events"
  | "rule"
  | "bus"
  | "stream";

export interface AlarmRow {
  readonly name: string;
  /** What it means, and why it matters. */
  readonly meaning: string;
  /** What to run first. */
  readonly firstCommand: string;
  readonly watches: ReadonlyArray<Watched>;
  readonly statistic: "Sum" | "Maximum" | "Average";
  readonly periodSeconds: number;
  readonly periods: number;
  readonly comparison: "GreaterThanThreshold" | "GreaterThanOrEqualToThreshold" | "LessThanThreshold";
  readonly threshold: number;
}

const sqs = (metric: string, of: ResourceName): Watched => ({
  namespace: "AWS/SQS",
  metric,
  dimension: { name: "QueueName", of },
});
const lambda = (metric: string, of: ResourceName): Watched => ({
  namespace: "AWS/Lambda",
  metric,
  dimension: { name: "FunctionName", of },
});
const firehose = (metric: string): Watched => ({
  namespace: "AWS/Firehose",
  metric,
  dimension: { name: "DeliveryStreamName", of: "stream" },
});
const events = (metric: string): Watched => ({
  namespace: "AWS/Events",
  metric,
  dimension: { name: "RuleName", of: "rule" },
  within: { name: "EventBusName", of: "bus" },
});
const states = (metric: string, of: ResourceName): Watched => ({
  namespace: "AWS/States",
  metric,
  dimension: { name: "StateMachineArn", of },
});
const own = (metric: string, of: ResourceName): Watched => ({
  namespace: "Floodgate",
  metric,
  dimension: { name: "service", of },
});

const above = { comparison: "GreaterThanThreshold", threshold: 0 } as const;
const fiveMinutes = { periodSeconds: 300, periods: 1 } as const;
const week = 7 * 24 * 60 * 60;

/** Every failure mode that somebody has to hear of; docs/operations.md has the same rows. */
export const alarmTable: ReadonlyArray<AlarmRow> = [
  {
    name: "dead-letters",
    meaning: "Messages wait in a dead-letter queue: park-dead-letters cannot park them.",
    firstCommand: "npx floodgate doctor --stack <stack>",
    watches: [
      sqs("ApproximateNumberOfMessagesVisible", "buffer-dead-letters"),
      sqs("ApproximateNumberOfMessagesVisible", "target-dead-letters"),
      sqs("ApproximateNumberOfMessagesVisible", "schedule-dead-letters"),
    ],
    statistic: "Maximum",
    periodSeconds: 300,
    periods: 3,
    ...above,
  },
  {
    name: "parked",
    meaning: "Events were parked: no retry can help them, or they were retried for as long as they may be.",
    firstCommand: "npx floodgate failed list --stack <stack>",
    watches: [
      own("parked", "process-batch"),
      own("parked", "deliver-failed-events"),
      own("parked", "park-dead-letters"),
    ],
    statistic: "Sum",
    ...fiveMinutes,
    ...above,
  },
  {
    name: "backlog-age",
    meaning: "The oldest event has waited in the buffer for a quarter of an hour.",
    firstCommand: "npx floodgate status --stack <stack>",
    watches: [sqs("ApproximateAgeOfOldestMessage", "buffer")],
    statistic: "Maximum",
    ...fiveMinutes,
    comparison: "GreaterThanThreshold",
    threshold: 900,
  },
  {
    name: "backlog",
    meaning: "Over 100,000 messages wait. In flight, SQS holds at most 120,000.",
    firstCommand: "npx floodgate status --watch --stack <stack>",
    watches: [sqs("ApproximateNumberOfMessagesVisible", "buffer")],
    statistic: "Maximum",
    ...fiveMinutes,
    comparison: "GreaterThanThreshold",
    threshold: 100_000,
  },
  {
    name: "held-back",
    meaning: "The flow has been paused for ten minutes: nothing gets through, or somebody has paused it.",
    firstCommand: "npx floodgate status --stack <stack>",
    watches: [own("heldBack", "plan-redrive")],
    statistic: "Sum",
    periodSeconds: 600,
    periods: 1,
    comparison: "GreaterThanOrEqualToThreshold",
    threshold: 9,
  },
  {
    name: "retries-growing",
    meaning: "For a quarter of an hour more chunks were due than a minute may start: retries cannot keep up.",
    firstCommand: "npx floodgate failed list --stack <stack>",
    watches: [own("chunksLeft", "plan-redrive")],
    statistic: "Maximum",
    periodSeconds: 300,
    periods: 3,
    ...above,
  },
  {
    name: "redrive-failed",
    meaning: "The minute's run failed: failed chunks wait, and the mapping is not watched.",
    firstCommand: "npx floodgate status --stack <stack>",
    watches: [
      states("ExecutionsFailed", "redrive-failed-events"),
      states("ExecutionsTimedOut", "redrive-failed-events"),
    ],
    statistic: "Sum",
    periodSeconds: 300,
    periods: 2,
    ...above,
  },
  {
    name: "process-batch-errors",
    meaning: "process-batch ends with an error or is killed; its messages come back.",
    firstCommand: "npx floodgate status --stack <stack>",
    watches: [lambda("Errors", "process-batch")],
    statistic: "Sum",
    ...fiveMinutes,
    ...above,
  },
  {
    name: "transform-errors",
    meaning: "transform-records fails: Firehose tries a batch ten times, then it goes to errors/.",
    firstCommand: "npx floodgate failed import --dry-run --stack <stack>",
    watches: [lambda("Errors", "transform-records")],
    statistic: "Sum",
    ...fiveMinutes,
    ...above,
  },
  {
    name: "throttles",
    meaning: "Lambda refuses invocations. With the maximum concurrency of the mapping that should never happen.",
    firstCommand: "aws lambda get-account-settings",
    watches: [lambda("Throttles", "process-batch"), lambda("Throttles", "transform-records")],
    statistic: "Sum",
    ...fiveMinutes,
    ...above,
  },
  {
    name: "target-failures",
    meaning: "EventBridge could not hand an event to the buffer; it is a dead letter of the target.",
    firstCommand: "npx floodgate failed list --reason deadLetter --stack <stack>",
    watches: [events("FailedInvocations"), events("InvocationsFailedToBeSentToDlq")],
    statistic: "Sum",
    ...fiveMinutes,
    ...above,
  },
  {
    name: "delivery-age",
    meaning: "The oldest record in Firehose is older than half an hour: it does not reach S3.",
    firstCommand: "npx floodgate status --stack <stack>",
    watches: [firehose("DeliveryToS3.DataFreshness")],
    statistic: "Maximum",
    ...fiveMinutes,
    comparison: "GreaterThanThreshold",
    threshold: 1_800,
  },
  {
    name: "processing-failures",
    meaning: "Firehose's invocations of transform-records fail; after ten tries their records lie under errors/.",
    firstCommand: "npx floodgate failed import --dry-run --stack <stack>",
    watches: [firehose("ExecuteProcessing.Success")],
    statistic: "Average",
    ...fiveMinutes,
    comparison: "LessThanThreshold",
    threshold: 1,
  },
  {
    name: "unreadable-records",
    meaning: "transform-records could not read records; they lie under errors/.",
    firstCommand: "npx floodgate failed import --dry-run --stack <stack>",
    watches: [own("unreadable", "transform-records")],
    statistic: "Sum",
    ...fiveMinutes,
    ...above,
  },
  {
    name: "partitions-exceeded",
    meaning: "More partitions are active than the stream may have; records go to errors/.",
    firstCommand: "npx floodgate failed import --dry-run --stack <stack>",
    watches: [firehose("PartitionCountExceeded")],
    statistic: "Maximum",
    ...fiveMinutes,
    ...above,
  },
  {
    name: "stream-throttled",
    meaning: "The stream's quota is too small for the traffic; failed records are retried.",
    firstCommand: "npx floodgate status --stack <stack>",
    watches: [firehose("ThrottledRecords")],
    statistic: "Sum",
    periodSeconds: 300,
    periods: 3,
    ...above,
  },
  {
    name: "genesys-unavailable",
    meaning: "Genesys has not answered for a quarter of an hour: events that need a name wait, for up to an hour.",
    firstCommand: "npx floodgate status --stack <stack>",
    watches: [own("retrying.genesysUnavailable", "process-batch")],
    statistic: "Sum",
    periodSeconds: 300,
    periods: 3,
    ...above,
  },
  {
    name: "genesys-refused",
    meaning: "Genesys refuses the OAuth client: events are delivered without names after an hour.",
    firstCommand: "npx floodgate doctor --stack <stack>",
    watches: [own("retrying.genesysRefused", "process-batch")],
    statistic: "Sum",
    ...fiveMinutes,
    ...above,
  },
  {
    name: "map-age",
    meaning: "The queue priority map has not been confirmed for a week: priorities may be wrong.",
    firstCommand: "npx floodgate map refresh --stack <stack>",
    watches: [own("mapAgeSeconds", "transform-records")],
    statistic: "Maximum",
    periodSeconds: 3600,
    periods: 1,
    comparison: "GreaterThanThreshold",
    threshold: week,
  },
  {
    name: "map-missing",
    meaning: "Entries were admitted without any queue priority map: none was published, or the table cannot be read.",
    firstCommand: "npx floodgate map refresh --stack <stack>",
    watches: [own("mapUnavailable", "transform-records")],
    statistic: "Sum",
    periodSeconds: 900,
    periods: 4,
    ...above,
  },
  {
    name: "refresh-failures",
    meaning: "Refreshes of the queue priority map failed within the last three hours; the published map stays.",
    firstCommand: "npx floodgate map refresh --stack <stack>",
    watches: [
      states("ExecutionsFailed", "refresh-queue-priorities"),
      states("ExecutionsTimedOut", "refresh-queue-priorities"),
    ],
    statistic: "Sum",
    periodSeconds: 3600,
    periods: 3,
    ...above,
  },
];
