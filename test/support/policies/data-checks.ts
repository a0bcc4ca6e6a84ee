import {
  deniesPlainText,
  each,
  fourteenDays,
  functionOf,
  type Inputs,
  isDeadLetters,
  type PolicyCheck,
  parameter,
  parse,
  s3Of,
  types,
} from "./policy-check.ts";

/** What holds and moves data: queues, bucket, tables, mappings, the stream. */
export const dataChecks: ReadonlyArray<PolicyCheck> = [
  {
    name: "a queue that takes less than 1 MiB sends larger events to the target's dead letters",
    violations: each(types.queue, ({ maxMessageSize }) => maxMessageSize === 1_048_576),
  },
  {
    name: "a queue that keeps messages for less than 14 days loses them in a long outage",
    violations: each(types.queue, ({ messageRetentionSeconds }) => messageRetentionSeconds === fourteenDays),
  },
  {
    name: "a queue without encryption holds personal data in plain text",
    violations: each(types.queue, ({ sqsManagedSseEnabled }) => sqsManagedSseEnabled === true),
  },
  {
    name: "a buffer without dead letters hands out a message that kills its reader for ever",
    violations: each(
      types.queue,
      ({ redrivePolicy }, name) => isDeadLetters(name) || parse(redrivePolicy).maxReceiveCount === 10,
    ),
  },
  {
    name: "a visibility timeout below six function timeouts and the window delivers a batch twice",
    violations: each(types.queue, ({ visibilityTimeoutSeconds }, name, plan) => {
      if (name !== "buffer") return visibilityTimeoutSeconds >= 180;
      const { timeout } = functionOf(plan, "process-batch");
      const mapping: Inputs = plan.ofType(types.mapping).find((each) => each.name === "buffer");
      const { maximumBatchingWindowInSeconds } = mapping.inputs;
      return visibilityTimeoutSeconds >= 6 * timeout + maximumBatchingWindowInSeconds;
    }),
  },
  {
    name: "a queue whose policy does not deny plain text can be used without TLS",
    violations: each(types.queuePolicy, deniesPlainText),
  },
  {
    name: "a queue without any policy can be used without TLS",
    violations: (plan) =>
      plan
        .ofType(types.queue)
        .filter(({ name }) => !plan.ofType(types.queuePolicy).some((policy) => policy.name === name))
        .map(({ name }) => name),
  },
  {
    name: "a bucket whose policy does not deny plain text can be read without TLS",
    violations: each("aws:s3/bucketPolicy:BucketPolicy", deniesPlainText),
  },
  {
    name: "a bucket that does not block public access can be opened by one wrong policy",
    violations: each(
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
      ({ blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets }) =>
        [blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets].every((is) => is === true),
    ),
  },
  {
    name: "a bucket without default encryption stores objects as they come",
    violations: each(
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      ({ rules }) => rules[0].applyServerSideEncryptionByDefault.sseAlgorithm === "AES256",
    ),
  },
  {
    name: "a table without encryption, recovery, expiry or on-demand billing loses data or money",
    violations: each(
      types.table,
      ({ serverSideEncryption, pointInTimeRecovery, ttl, billingMode }) =>
        serverSideEncryption.enabled && pointInTimeRecovery.enabled && ttl.enabled && billingMode === "PAY_PER_REQUEST",
    ),
  },
  {
    name: "a mapping without ReportBatchItemFailures repeats or loses whole batches",
    violations: each(types.mapping, ({ functionResponseTypes }) =>
      functionResponseTypes.includes("ReportBatchItemFailures"),
    ),
  },
  {
    name: "a mapping without a maximum concurrency burns receive counts when Lambda is throttled",
    violations: each(types.mapping, ({ scalingConfig }) => scalingConfig.maximumConcurrency >= 2),
  },
  {
    name: "a batch above 10 without a window is refused by Lambda",
    violations: each(
      types.mapping,
      ({ batchSize, maximumBatchingWindowInSeconds }) => batchSize <= 10 || maximumBatchingWindowInSeconds >= 1,
    ),
  },
  {
    name: "process-batch without reserved concurrency equal to the mapping's maximum can be starved, or starve others",
    violations: each(
      types.mapping,
      ({ scalingConfig }, name, plan) =>
        name !== "buffer" ||
        functionOf(plan, "process-batch").reservedConcurrentExecutions === scalingConfig.maximumConcurrency,
    ),
  },
  {
    name: "a destination other than extended_s3 has no transform and no dynamic partitioning",
    violations: each(types.stream, ({ destination }) => destination === "extended_s3"),
  },
  {
    name: "destination buffers below 64 MiB and 60 s are refused with dynamic partitioning",
    violations: each(
      types.stream,
      (inputs) => s3Of(inputs).bufferingSize >= 64 && s3Of(inputs).bufferingInterval >= 60,
    ),
  },
  {
    name: "processor hints that are missing or at their default show a change in every preview",
    violations: each(types.stream, (inputs) => {
      const size = Number(parameter(inputs, "Lambda", "BufferSizeInMBs"));
      const seconds = Number(parameter(inputs, "Lambda", "BufferIntervalInSeconds"));
      return size > 1 && size <= 3 && seconds >= 15 && seconds !== 60;
    }),
  },
  {
    name: "without AppendDelimiterToRecord an object is one line that nobody can split",
    violations: each(types.stream, (inputs) => parameter(inputs, "AppendDelimiterToRecord", "Delimiter") === "\\n"),
  },
  {
    name: "an error prefix with partition keys, or without the type of error, is refused or hides why",
    violations: each(types.stream, (inputs) => {
      const prefix: string = s3Of(inputs).errorOutputPrefix;
      return prefix.includes("!{firehose:error-output-type}") && !prefix.includes("partitionKey");
    }),
  },
  {
    name: "a prefix without partitionKeyFromLambda puts every event into one folder",
    violations: each(
      types.stream,
      (inputs) =>
        s3Of(inputs).prefix.includes("!{partitionKeyFromLambda:type}") &&
        s3Of(inputs).dynamicPartitioningConfiguration.enabled === true,
    ),
  },
  {
    name: "a stream without encryption or logging keeps data in plain text, or fails without a word",
    violations: each(
      types.stream,
      (inputs) =>
        inputs.serverSideEncryption.enabled === true && s3Of(inputs).cloudwatchLoggingOptions.enabled === true,
    ),
  },
  {
    name: "a transform that may run for more than 5 minutes is refused by Firehose",
    violations: each(types.function, ({ timeout }, name) => name !== "transform-records" || timeout < 300),
  },
];
