import { type AlarmRow, above, anyInFiveMinutes, events, fiveMinutes, lambda, own, sqs, states } from "./alarm-row.ts";
import { silenceMinutes } from "./silence-minutes.ts";

const deadLetters = ["buffer-dead-letters", "target-dead-letters"] as const;

/** From the bus to Firehose and back: what waits, what is held back, what fails. */
export const flowAlarms: ReadonlyArray<AlarmRow> = [
  {
    name: "dead-letters",
    meaning: "Messages wait in a dead-letter queue: park-dead-letters cannot park them.",
    firstCommand: "npx floodgate doctor --stack <stack>",
    // Letters that cannot be parked are nearly always in flight.
    watches: [
      ...deadLetters.map((queue) => sqs("ApproximateNumberOfMessagesVisible", queue)),
      ...deadLetters.map((queue) => sqs("ApproximateNumberOfMessagesNotVisible", queue)),
    ],
    statistic: "Maximum",
    periodSeconds: 300,
    periods: 3,
    ...above,
  },
  {
    name: "parked",
    meaning:
      "Events that can be read were parked: no retry can help them, or they were retried for as long as they may be.",
    firstCommand: "npx floodgate failed list --stack <stack>",
    watches: [
      own("parked.wellFormed", "process-batch"),
      own("parked.wellFormed", "deliver-failed-events"),
      own("parked.wellFormed", "park-dead-letters"),
    ],
    ...anyInFiveMinutes,
  },
  {
    name: "malformed",
    meaning: "More of what comes is no event, and parked with its text, than you take for normal.",
    firstCommand: "npx floodgate failed list --reason malformed --stack <stack>",
    watches: [own("malformedPercent", "process-batch")],
    statistic: "Average",
    periodSeconds: 900,
    periods: 1,
    comparison: "GreaterThanThreshold",
    threshold: ({ alarms }) => alarms.malformedPercent,
  },
  {
    name: "sealed",
    meaning:
      "Dead letters were stored as they came, because their personal data could not be redacted. No command shows their text.",
    firstCommand: "npx floodgate failed list --reason sealed --stack <stack>",
    watches: [own("parked.sealed", "park-dead-letters")],
    ...anyInFiveMinutes,
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
    name: "buffer-expires",
    meaning: "The oldest event has waited in the buffer for three days. It expires 14 days after it came.",
    firstCommand: "npx floodgate status --stack <stack>",
    watches: [sqs("ApproximateAgeOfOldestMessage", "buffer")],
    statistic: "Maximum",
    periodSeconds: 3_600,
    periods: 1,
    comparison: "GreaterThanThreshold",
    threshold: 3 * 24 * 60 * 60,
  },
  {
    name: "silence",
    meaning: "No event has arrived although some are expected: is the integration active, and does the rule match?",
    firstCommand: "npx floodgate doctor --stack <stack>",
    // Counted within the hours of alarms.silence; nobody counts while redrive-stopped rings.
    watches: [own("silentMinutes", "plan-redrive")],
    statistic: "Maximum",
    ...fiveMinutes,
    comparison: "GreaterThanOrEqualToThreshold",
    threshold: silenceMinutes,
    isWanted: (configuration) => silenceMinutes(configuration) > 0,
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
    name: "breaker-open",
    meaning:
      "Nothing has got through to Firehose for five minutes, and all events wait; or Genesys has not answered, and those that need a name wait.",
    firstCommand: "npx floodgate status --stack <stack>",
    watches: [own("breakersOpen", "plan-redrive")],
    statistic: "Minimum",
    ...fiveMinutes,
    ...above,
  },
  {
    name: "redrive-stopped",
    meaning:
      "The minute's redrive has not run for ten minutes: chunks are not retried, and a paused flow stays paused.",
    firstCommand: "npx floodgate doctor --stack <stack>",
    watches: [own("heldBack", "plan-redrive")],
    statistic: "SampleCount",
    periodSeconds: 600,
    periods: 1,
    comparison: "LessThanThreshold",
    threshold: 1,
    isAlarmedBySilence: true,
  },
  {
    name: "retries-growing",
    meaning: "For 15 minutes more chunks have been due than may be started per minute: retries are falling behind.",
    firstCommand: "npx floodgate failed list --stack <stack>",
    watches: [own("chunksLeft", "plan-redrive")],
    statistic: "Maximum",
    periodSeconds: 300,
    periods: 3,
    ...above,
  },
  {
    name: "runs-missed",
    meaning:
      "Scheduled runs could not be started, more than two in a day: each left a message with the error in the queue schedule-dead-letters.",
    firstCommand:
      'aws sqs receive-message --message-attribute-names All --queue-url "$(npx pulumi stack output --stack <stack> scheduleDeadLettersUrl)"',
    // Sent, not waiting: they stay there for 14 days. One of each schedule may be a role that was made a moment before.
    watches: [sqs("NumberOfMessagesSent", "schedule-dead-letters")],
    statistic: "Sum",
    periodSeconds: 86_400,
    periods: 1,
    comparison: "GreaterThanThreshold",
    threshold: 2,
  },
  {
    name: "redrive-failed",
    meaning:
      "The minute's run failed: failed chunks wait. When DynamoDB cannot be read, the flow is paused until it can.",
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
    name: "retry-failed",
    meaning:
      "Retries of failed chunks end without a result; each chunk waits for its lease to end, and is tried again.",
    firstCommand: "npx floodgate failed list --stack <stack>",
    watches: [states("ExecutionsFailed", "retry-failed-events"), states("ExecutionsTimedOut", "retry-failed-events")],
    statistic: "Sum",
    periodSeconds: 300,
    periods: 3,
    ...above,
  },
  {
    name: "compaction-failed",
    meaning: "A finished day could not be written as Parquet: queries read its lines, which costs more.",
    firstCommand:
      "aws stepfunctions list-executions --status-filter FAILED --state-machine-arn $(npx pulumi stack output --stack <stack> compactMachineArn)",
    watches: [states("ExecutionsFailed", "compact-events"), states("ExecutionsTimedOut", "compact-events")],
    statistic: "Sum",
    periodSeconds: 86_400,
    periods: 1,
    ...above,
    needs: "compact-events",
  },
  {
    name: "process-batch-errors",
    meaning: "process-batch ends with an error or is killed; its messages come back.",
    firstCommand: "npx floodgate status --stack <stack>",
    watches: [lambda("Errors", "process-batch")],
    ...anyInFiveMinutes,
  },
  {
    name: "throttles",
    meaning: "Lambda refuses invocations. With the maximum concurrency of the mapping that should never happen.",
    firstCommand: "aws lambda get-account-settings",
    watches: [lambda("Throttles", "process-batch"), lambda("Throttles", "transform-records")],
    ...anyInFiveMinutes,
  },
  {
    name: "target-failures",
    meaning: "EventBridge could not hand an event to the buffer; it is a dead letter of the target.",
    firstCommand: "npx floodgate failed list --reason deadLetter --stack <stack>",
    watches: [events("FailedInvocations")],
    ...anyInFiveMinutes,
  },
  {
    name: "target-lost",
    meaning: "EventBridge could hand events neither to the buffer nor to the dead letters: only the archive has them.",
    firstCommand: "npx floodgate replay --from 1h --to 0m --stack <stack>",
    watches: [events("InvocationsFailedToBeSentToDlq")],
    ...anyInFiveMinutes,
  },
];
