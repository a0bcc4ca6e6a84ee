import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ProcessBatchEnvironment } from "../src/runtime/environment.ts";
import type { Configuration } from "./configuration/schema.ts";
import type { Delivery } from "./delivery.ts";
import type { Ingestion } from "./ingestion.ts";
import { LambdaFunction } from "./lambda-function.ts";
import { allow, consumeQueue } from "./policies.ts";
import type { Storage } from "./storage.ts";

export interface ProcessingParts {
  readonly ingestion: Ingestion;
  readonly storage: Storage;
  readonly delivery: Delivery;
}

/** From the buffer to the delivery stream: process-batch and the event source mapping that invokes it. */
export class Processing extends pulumi.ComponentResource {
  readonly processBatch: LambdaFunction<typeof ProcessBatchEnvironment>;
  readonly mapping: aws.lambda.EventSourceMapping;

  constructor(
    name: string,
    configuration: Configuration,
    parts: ProcessingParts,
    options: pulumi.ComponentResourceOptions,
  ) {
    super("floodgate:infra:Processing", name, {}, options);
    this.processBatch = this.processBatchFunction(configuration, parts);
    this.mapping = this.eventSourceMapping(configuration, parts);
    this.registerOutputs({ mapping: this.mapping.id });
  }

  private processBatchFunction(configuration: Configuration, { ingestion, storage, delivery }: ProcessingParts) {
    const { processing, logs, permissionsBoundary } = configuration;
    return new LambdaFunction(
      "process-batch",
      {
        environment: ProcessBatchEnvironment,
        variables: {
          DELIVERIES_TABLE: storage.deliveries.name,
          FAILED_EVENTS_TABLE: storage.failedEvents.name,
          BUCKET: storage.bucket.bucket,
          DELIVERY_STREAM: delivery.stream.name,
        },
        statements: pulumi
          .all([
            ingestion.buffer.arn,
            storage.deliveries.arn,
            storage.failedEvents.arn,
            storage.bucket.arn,
            delivery.stream.arn,
          ])
          .apply(([buffer, deliveries, failedEvents, bucket, stream]) => [
            consumeQueue(buffer),
            allow(["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"], [deliveries]),
            allow(["dynamodb:PutItem"], [failedEvents]),
            allow(["s3:PutObject"], [`${bucket}/failed/*`]),
            allow(["firehose:PutRecordBatch"], [stream]),
          ]),
        timeoutSeconds: processing.timeoutSeconds,
        memoryMegabytes: processing.memoryMegabytes,
        reservedConcurrency: processing.maximumConcurrency,
        logRetentionDays: logs.retentionDays,
        permissionsBoundary,
      },
      { parent: this },
    );
  }

  private eventSourceMapping({ processing }: Configuration, { ingestion }: ProcessingParts) {
    return new aws.lambda.EventSourceMapping(
      "buffer",
      {
        eventSourceArn: ingestion.buffer.arn,
        functionName: this.processBatch.function.arn,
        batchSize: processing.batchSize,
        maximumBatchingWindowInSeconds: processing.batchingWindowSeconds,
        functionResponseTypes: ["ReportBatchItemFailures"],
        // Reserved concurrency alone would throttle invocations and burn receive counts; this one limits the pollers.
        scalingConfig: { maximumConcurrency: processing.maximumConcurrency },
        enabled: true,
      },
      // Paused and resumed by the pipeline itself while a sink is down.
      { parent: this, ignoreChanges: ["enabled"] },
    );
  }
}
