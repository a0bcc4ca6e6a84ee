/**
 * Metrics that exist, with their dimensions and the most that an alarm may wait for. Sources: the services' lists of
 * CloudWatch metrics; `Floodgate`: what the functions count (test/infra/alarms.test.ts holds that against a run).
 */
export const knownMetrics: Readonly<
  Record<string, { readonly dimensions: ReadonlyArray<string>; readonly most: number }>
> = {
  "AWS/SQS ApproximateNumberOfMessagesVisible": { dimensions: ["QueueName"], most: 100_000 },
  "AWS/SQS ApproximateNumberOfMessagesNotVisible": { dimensions: ["QueueName"], most: 0 },
  "AWS/SQS ApproximateAgeOfOldestMessage": { dimensions: ["QueueName"], most: 3 * 24 * 60 * 60 },
  "AWS/SQS NumberOfMessagesSent": { dimensions: ["QueueName"], most: 2 },
  "AWS/Lambda Errors": { dimensions: ["FunctionName"], most: 0 },
  "AWS/Lambda Throttles": { dimensions: ["FunctionName"], most: 0 },
  "AWS/Lambda Duration": { dimensions: ["FunctionName"], most: 0 },
  "AWS/Lambda ConcurrentExecutions": { dimensions: ["FunctionName"], most: 0 },
  "AWS/Events FailedInvocations": { dimensions: ["EventBusName", "RuleName"], most: 0 },
  "AWS/Events InvocationsFailedToBeSentToDlq": { dimensions: ["EventBusName", "RuleName"], most: 0 },
  "AWS/States ExecutionsFailed": { dimensions: ["StateMachineArn"], most: 0 },
  "AWS/States ExecutionsTimedOut": { dimensions: ["StateMachineArn"], most: 0 },
  "AWS/Firehose DeliveryToS3.DataFreshness": { dimensions: ["DeliveryStreamName"], most: 1_800 },
  "AWS/Firehose ExecuteProcessing.Success": { dimensions: ["DeliveryStreamName"], most: 1 },
  "AWS/Firehose PartitionCountExceeded": { dimensions: ["DeliveryStreamName"], most: 0 },
  "AWS/Firehose ThrottledRecords": { dimensions: ["DeliveryStreamName"], most: 0 },
  "AWS/Firehose IncomingRecords": { dimensions: ["DeliveryStreamName"], most: 0 },
  ...Object.fromEntries(
    [
      ["parked.sealed", 0],
      ["delivered", 0],
      ["duplicates", 0],
      ["retrying", 0],
      ["failed", 0],
      ["retrying.genesysUnavailable", 0],
      ["retrying.genesysRefused", 0],
      ["silentMinutes", 10_080],
      ["heldBack", 9],
      ["breakersOpen", 0],
      ["chunksStarted", 0],
      ["chunksLeft", 0],
      ["errorObjects", 0],
      ["unreadable", 0],
      ["admitted", 0],
      ["lowPriority", 0],
      ["rateLimited", 0],
      ["parked", 0],
      ["parked.wellFormed", 0],
      ["malformedPercent", 99],
      ["setAsidePercent", 99],
      ["unknownQueue", 0],
      ["mapUnavailable", 0],
      ["mapAgeSeconds", 7 * 24 * 60 * 60],
    ].map(([name, most]) => [`Floodgate ${name}`, { dimensions: ["service"], most: Number(most) }]),
  ),
};
