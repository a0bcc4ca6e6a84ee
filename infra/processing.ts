import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ProcessBatchEnvironment } from "../src/runtime/environment.ts";
import type { Configuration } from "./configuration/schema.ts";
import { LambdaFunction } from "./constructors/lambda-function.ts";
import { allow, consumeQueue } from "./constructors/policies.ts";
import { containerBytesPerSecond } from "./constructors/quota-shares.ts";
import type { Delivery } from "./delivery.ts";
import {
  breakerActions,
  cacheTables,
  deliveringStatements,
  deliveringVariables,
  type FailedEvents,
} from "./failed-events.ts";
import type { Genesys } from "./genesys.ts";
import type { Ingestion } from "./ingestion.ts";
import type { Redaction } from "./redaction.ts";
import type { Storage } from "./storage.ts";

interface ProcessingArgs {
  readonly configuration: Configuration;
  readonly ingestion: Ingestion;
  readonly storage: Storage;
  readonly delivery: Delivery;
  readonly genesys: Genesys;
  readonly failedEvents: FailedEvents;
  readonly redaction: Redaction;
}

/** From the buffer to the delivery stream: process-batch and the event source mapping that invokes it. */
export class Processing extends pulumi.ComponentResource {
  readonly processBatch: LambdaFunction<typeof ProcessBatchEnvironment>;
  readonly mapping: aws.lambda.EventSourceMapping;

  constructor(name: string, args: ProcessingArgs, options: pulumi.ComponentResourceOptions) {
    super("floodgate:infra:Processing", name, {}, options);
    this.processBatch = this.processBatchFunction(args);
    this.mapping = this.eventSourceMapping(args);
    this.registerOutputs({ mapping: this.mapping.id });
  }

  private processBatchFunction(args: ProcessingArgs) {
    const { configuration, ingestion, storage, failedEvents, genesys, redaction } = args;
    const { processing } = configuration;
    return new LambdaFunction(
      "process-batch",
      {
        environment: ProcessBatchEnvironment,
        variables: {
          ...deliveringVariables(args),
          ...genesys.variables,
          ...redaction.variables,
          BUFFER_URL: ingestion.buffer.url,
          RETRY_MACHINE_ARN: failedEvents.retry.machine.arn,
          DELIVERY_BYTES_PER_SECOND: String(containerBytesPerSecond(configuration)),
        },
        statements: pulumi
          .all([
            deliveringStatements(args),
            ingestion.buffer.arn,
            storage.failedEvents.arn,
            storage.bucket.arn,
            failedEvents.retry.machine.arn,
            genesys.secretArn,
            redaction.statements,
            cacheTables(storage),
          ])
          .apply(([delivers, buffer, table, bucket, retry, secret, redacts, caches]) => [
            ...delivers,
            ...redacts,
            consumeQueue(buffer),
            allow(["dynamodb:BatchWriteItem"], caches),
            allow(breakerActions, [table]),
            allow(["s3:PutObject"], [`${bucket}/failed/*`]),
            allow(["states:StartExecution"], [retry]),
            ...(genesys.isConfigured ? [allow(["secretsmanager:GetSecretValue"], [secret])] : []),
          ]),
        timeoutSeconds: processing.timeoutSeconds,
        memoryMegabytes: processing.memoryMegabytes,
        reservedConcurrency: processing.maximumConcurrency,
        configuration,
      },
      { parent: this },
    );
  }

  private eventSourceMapping({ configuration, ingestion }: ProcessingArgs) {
    const { processing } = configuration;
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
