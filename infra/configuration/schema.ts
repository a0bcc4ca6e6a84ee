import { windowSeconds } from "../../src/priorities/priority-rule.ts";
import {
  listOf,
  nested,
  oneOf,
  optional,
  optionalNumber,
  optionalOneOf,
  optionalText,
  optionalYesNo,
  section,
  tags,
  texts,
  type ValuesOf,
  whole,
  wholeOrAuto,
  yesNo,
} from "./fields.ts";
import { genesys, source } from "./sections/origin.ts";
import { silence } from "./sections/silence.ts";

const anything = /\S/;
const arn = (service: string): RegExp => new RegExp(`^arn:aws[-\\w]*:${service}:`);

const processing = nested("processing", "How the batch processor is invoked.", {
  batchSize: whole(1, 10_000, 1000, "Messages per invocation, at most (6 MB also end a batch)."),
  batchingWindowSeconds: whole(0, 300, 5, "How long a batch may fill up."),
  maximumConcurrency: whole(
    2,
    1000,
    5,
    "Invocations at the same time, at most; reserved for the function too, unless lambda.reserveConcurrency is false.",
  ),
  timeoutSeconds: whole(45, 900, 90, "Time of one invocation; the last 15 s begin nothing new."),
  memoryMegabytes: whole(128, 10_240, 512, "Memory of the function."),
});

const lambda = nested("lambda", "What all functions have in common.", {
  reserveConcurrency: yesNo(
    true,
    "false: no function reserves concurrency, for accounts whose quota is too small for it (docs/deploy.md).",
  ),
  accountConcurrency: whole(
    10,
    1_000_000,
    1_000,
    "What the account has (Service Quotas, AWS Lambda, concurrent executions); reservations are checked against it.",
  ),
  logLevel: oneOf(["INFO", "WARN"], "INFO", "What functions log at least. Which copies were duplicates is only INFO."),
  tracing: yesNo(false, "true: X-Ray traces of functions and state machines, which cost money."),
});

const enrichment = nested("enrichment", "Names of users and queues added to events.", {
  mode: oneOf(
    ["required", "bestEffort", "off"],
    "required",
    "`required`: retried up to maxDelayMinutes, then delivered with the error; `bestEffort`: tried once; `off`.",
  ),
  maxDelayMinutes: whole(1, 1440, 60, "How long an event may wait for its names."),
});

const admission = nested("admission", "Which queue entries are admitted.", {
  enabled: yesNo(true, "false: every queue entry is admitted."),
  minPriority: whole(0, 1_000_000, 3, "Entries of queues below this priority are set aside."),
  maxEventsPerQueuePerSecond: whole(1, 1000, 5, "Distinct entries per queue and second of event time, at most."),
  unknownQueue: oneOf(
    ["admit", "drop"],
    "admit",
    "What happens to entries of a queue that the map does not know. `drop`: what happens to those of low priority.",
  ),
  excess: oneOf(
    ["store", "drop"],
    "store",
    "`store`: what is set aside lies under `excess=`, each line with its reason; `drop`: it is counted and gone.",
  ),
  reservedConcurrency: whole(0, 1000, 20, "Concurrency reserved for transform-records; 0: none."),
});

const priorities = listOf(
  "rule",
  {
    queueId: optionalText(anything, "a queue's id", "Queue id."),
    name: optionalText(anything, "a queue's name, with * for any text", "Queue name (glob)."),
    division: optionalText(anything, "a division's name or id", "Division of the queue."),
    scoringMethod: optionalText(anything, "a scoring method", "TimestampAndPriority or PriorityOnly."),
    routingMethod: optionalText(
      anything,
      "a routing method",
      "standard, bullseye, preferredAgent, conditionalGroup or direct.",
    ),
    routingStrategy: optionalText(
      anything,
      "a strategy's name, with * for any text",
      "routingStrategy.name (glob), for organisations whose proxy adds it.",
    ),
    mediaServiceLevel: optional("Service level of a medium.", {
      media: optionalText(anything, "a medium such as call or message", "Medium; absent: any."),
      minPercentage: optionalNumber(0, 1, "At least this share, as a fraction."),
      maxDurationMs: optionalNumber(0, 86_400_000, "Within at most this time."),
    }),
    maxEventsPerQueuePerSecond: optionalNumber(1, 10_000, "Limit of its queues, instead of the stack's."),
    ignoreCase: optionalYesNo(
      "false: capitals count in the rule's names. Absent: they do not, as people write names from memory.",
    ),
    perSeconds: optionalOneOf(windowSeconds, "The limit is for an aligned window of so many seconds."),
    priority: whole(0, 1_000_000, 1, "The priority that the rule gives."),
  },
  "Priority of queues: the first rule that matches wins.",
);

const delivery = nested("delivery", "The delivery stream and the layout in S3.", {
  bufferMegabytes: whole(
    64,
    128,
    64,
    "A partition's object is written at this size (dynamic partitioning asks for 64).",
  ),
  bufferSeconds: wholeOrAuto(
    60,
    900,
    "A partition's object is written after this time. `auto`: once it is large enough at the expected volume, and in time for freshnessMinutes.",
  ),
  freshnessMinutes: whole(2, 15, 5, "An event lies in S3 within this time, where bufferSeconds is `auto`."),
  shards: whole(
    1,
    100,
    1,
    "Partitions per type and date. Queries see no higher ones, so never set it lower than a stack has had it.",
  ),
  quotaMebibytesPerSecond: whole(
    1,
    10_000,
    1,
    "The stream's quota, which deliveries are paced to. In us-east-1, us-west-2 and eu-west-1 the default is 5, as AWS gives there.",
  ),
  redact: texts(
    /^[^\p{Cc},"\\]{1,128}$/u,
    "a member's name of at most 128 characters, without commas, quotes and backslashes",
    "Members whose values are replaced by a salted digest, wherever they stand; case does not count (docs/security.md).",
  ),
});

const expected = nested("expected", "The volume that you expect; what does not fit it is a mistake.", {
  eventsPerMinute: whole(1, 10_000_000, 1_000, "Events a minute on an average day."),
  peakEventsPerMinute: whole(1, 10_000_000, 10_000, "Events a minute in a campaign."),
  eventKilobytes: whole(1, 1_000, 2, "Size of an event as it is delivered, in KiB."),
});

/** The whole configuration of a stack, as `floodgate:<key>`. */
export const configuration = section("floodgate", {
  source,
  topics: texts(anything, "a detail-type", "detail-types to take, exactly as Genesys names them; empty: all."),
  genesys,
  processing,
  lambda,
  enrichment,
  admission,
  priorities,
  priorityMap: nested("priorityMap", "The queue priority map.", {
    refreshMinutes: whole(5, 1440, 15, "How often it is refreshed."),
  }),
  delivery,
  expected,
  retry: nested("retry", "Failed events.", {
    maximumEventAgeDays: whole(1, 14, 14, "How long an event is retried before it is parked."),
  }),
  querying: nested("querying", "What Athena's views say.", {
    serviceLevelSeconds: whole(
      1,
      3600,
      20,
      "A conversation that was answered within so many seconds counts as answered in time.",
    ),
    parquet: yesNo(false, "Each finished day is written as Parquet too, so that queries read less of it."),
  }),
  archive: nested("archive", "The archive on the bus, for replays.", {
    retentionDays: whole(
      0,
      3650,
      21,
      "How long events are kept, longer than the 14 days of the buffer; 0: no archive.",
    ),
  }),
  logs: nested("logs", "CloudWatch logs.", {
    retentionDays: whole(1, 3653, 30, "Retention of every log group, in a value that CloudWatch offers."),
  }),
  alarms: nested("alarms", "Alarms.", {
    silence,
    setAsidePercent: whole(
      1,
      100,
      80,
      "Alarm when more than this share of queue entries is set aside for a quarter of an hour; 100: never.",
    ),
    malformedPercent: whole(
      1,
      100,
      2,
      "Alarm when more than this share of what comes is malformed for a quarter of an hour; `status` says so too; 100: never.",
    ),
    email: optionalText(/^[^@\s]+@[^@\s]+$/, "an e-mail address", "Where alarms are sent."),
  }),
  retainData: yesNo(
    true,
    "`npx pulumi destroy` leaves bucket and tables where they are; false: it empties and deletes them.",
  ),
  tags: tags("Tags of every resource."),
  permissionsBoundary: optionalText(arn("iam"), "the ARN of an IAM policy", "Permissions boundary of every role."),
});

export type Configuration = ValuesOf<typeof configuration.fields>;
