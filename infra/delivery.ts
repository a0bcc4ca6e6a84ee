import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { TransformRecordsEnvironment } from "../src/runtime/environment.ts";
import { deliveredPrefixes, type PartitionKeys, partitionPath } from "../src/transform/partition-keys.ts";
import type { Configuration } from "./configuration/schema.ts";
import { bufferSecondsOf } from "./configuration/sizing.ts";
import { LambdaFunction } from "./constructors/lambda-function.ts";
import { allow, type Statement, trust } from "./constructors/policies.ts";
import { roleWithPolicy } from "./constructors/role.ts";
import type { Storage } from "./storage.ts";

/** Firehose refuses a transform that may run for more than 5 minutes. */
const transformTimeoutSeconds = 270;

/**
 * Size and time at which a transform is invoked. Both or neither have to be set, and neither to its default (1 MB,
 * 60 s), or every preview shows a change. 2 MB stay under the 6 MB of an invocation in base64.
 */
const transformBuffer = { megabytes: "2", seconds: "15" };

const transformRetries = "10";

const key = (name: keyof PartitionKeys): string => `!{partitionKeyFromLambda:${name}}`;

const deliverTo = (bucketArn: string): ReadonlyArray<Statement> => [
  allow(["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], [bucketArn]),
  // Not `failed/`, which holds payloads that nobody here has to read or change.
  allow(
    ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
    [...deliveredPrefixes, "errors/"].map((prefix) => `${bucketArn}/${prefix}*`),
  ),
];

interface DeliveryArgs {
  readonly configuration: Configuration;
  readonly storage: Storage;
}

/** From the delivery stream to partitioned S3, by way of transform-records. */
export class Delivery extends pulumi.ComponentResource {
  readonly stream: aws.kinesis.FirehoseDeliveryStream;
  readonly transform: LambdaFunction<typeof TransformRecordsEnvironment>;

  constructor(name: string, { configuration, storage }: DeliveryArgs, options: pulumi.ComponentResourceOptions) {
    super("floodgate:infra:Delivery", name, {}, options);
    this.transform = this.transformFunction(configuration, storage);
    this.stream = this.deliveryStream(configuration, storage);
    this.registerOutputs({ stream: this.stream.name });
  }

  private transformFunction(configuration: Configuration, storage: Storage) {
    const { admission, delivery } = configuration;
    return new LambdaFunction(
      "transform-records",
      {
        environment: TransformRecordsEnvironment,
        variables: {
          SHARDS: String(delivery.shards),
          QUEUE_PRIORITIES_TABLE: storage.queuePriorities.name,
          ADMISSION_LOG_TABLE: storage.admissionLog.name,
          ADMISSION_ENABLED: admission.enabled ? "true" : "false",
          MIN_PRIORITY: String(admission.minPriority),
          MAX_EVENTS_PER_QUEUE_PER_SECOND: String(admission.maxEventsPerQueuePerSecond),
          UNKNOWN_QUEUE: admission.unknownQueue,
          EXCESS: admission.excess,
        },
        statements: pulumi
          .all([storage.queuePriorities.arn, storage.admissionLog.arn])
          .apply(([queuePriorities, admissionLog]) => [
            allow(["dynamodb:GetItem", "dynamodb:Query"], [queuePriorities]),
            allow(["dynamodb:PutItem", "dynamodb:Query"], [admissionLog]),
          ]),
        timeoutSeconds: transformTimeoutSeconds,
        memoryMegabytes: 1024,
        ...(admission.reservedConcurrency === 0 ? {} : { reservedConcurrency: admission.reservedConcurrency }),
        configuration,
      },
      { parent: this },
    );
  }

  private deliveryStream(configuration: Configuration, { bucket }: Storage) {
    const { delivery, logs, permissionsBoundary } = configuration;
    const child = { parent: this };
    const transformArn = pulumi.interpolate`${this.transform.function.arn}:$LATEST`;
    const logGroup = new aws.cloudwatch.LogGroup("delivery-stream", { retentionInDays: logs.retentionDays }, child);
    const logStream = new aws.cloudwatch.LogStream(
      "delivery-stream",
      { logGroupName: logGroup.name, name: "S3Delivery" },
      child,
    );
    const account = aws.getCallerIdentityOutput({}, child).accountId;
    const { role, ready } = roleWithPolicy(
      "delivery-stream",
      {
        trust: account.apply((id) => trust("firehose.amazonaws.com", { StringEquals: { "sts:ExternalId": id } })),
        statements: pulumi
          .all([bucket.arn, transformArn, logGroup.arn])
          .apply(([bucketArn, functionArn, logGroupArn]) => [
            ...deliverTo(bucketArn),
            allow(["lambda:InvokeFunction", "lambda:GetFunctionConfiguration"], [functionArn]),
            allow(["logs:PutLogEvents"], [`${logGroupArn}:*`]),
          ]),
        permissionsBoundary,
      },
      this,
    );
    return new aws.kinesis.FirehoseDeliveryStream(
      "events",
      {
        destination: "extended_s3",
        // For people and for the local cloud: what deliveries are paced to. Nothing at AWS follows from it.
        tags: { quotaMebibytesPerSecond: String(delivery.quotaMebibytesPerSecond) },
        serverSideEncryption: { enabled: true, keyType: "AWS_OWNED_CMK" },
        extendedS3Configuration: {
          roleArn: role.arn,
          bucketArn: bucket.arn,
          bufferingSize: delivery.bufferMegabytes,
          bufferingInterval: bufferSecondsOf(configuration),
          compressionFormat: "GZIP",
          fileExtension: ".jsonl.gz",
          prefix: partitionPath({ root: key("root"), type: key("type"), dt: key("dt"), shard: key("shard") }),
          errorOutputPrefix: "errors/!{firehose:error-output-type}/!{timestamp:yyyy-MM-dd}/",
          dynamicPartitioningConfiguration: { enabled: true, retryDuration: 7200 },
          processingConfiguration: {
            enabled: true,
            processors: [
              {
                type: "Lambda",
                parameters: [
                  { parameterName: "LambdaArn", parameterValue: transformArn },
                  { parameterName: "NumberOfRetries", parameterValue: transformRetries },
                  { parameterName: "BufferSizeInMBs", parameterValue: transformBuffer.megabytes },
                  { parameterName: "BufferIntervalInSeconds", parameterValue: transformBuffer.seconds },
                ],
              },
              { type: "AppendDelimiterToRecord", parameters: [{ parameterName: "Delimiter", parameterValue: "\\n" }] },
            ],
          },
          cloudwatchLoggingOptions: { enabled: true, logGroupName: logGroup.name, logStreamName: logStream.name },
        },
      },
      { ...child, dependsOn: [ready] },
    );
  }
}
