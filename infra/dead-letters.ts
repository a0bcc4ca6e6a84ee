import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ParkDeadLettersEnvironment } from "../src/runtime/environment.ts";
import type { Configuration } from "./configuration/schema.ts";
import { LambdaFunction } from "./constructors/lambda-function.ts";
import { allow, consumeQueue } from "./constructors/policies.ts";
import type { Redaction } from "./redaction.ts";
import type { Storage } from "./storage.ts";

interface DeadLettersArgs {
  readonly configuration: Configuration;
  readonly storage: Storage;
  readonly redaction: Redaction;
  /** The dead-letter queues that hold events, by name. */
  readonly queues: Readonly<Record<string, aws.sqs.Queue>>;
}

const parkTimeoutSeconds = 30;

/** What a dead-letter queue hides for while it is parked: six times the function's timeout, as Lambda recommends. */
export const deadLetterVisibilitySeconds = 6 * parkTimeoutSeconds;

/** Dead letters do not wait for somebody: park-dead-letters parks them with their reason, before they can expire. */
export class DeadLetters extends pulumi.ComponentResource {
  readonly park: aws.lambda.Function;

  constructor(
    name: string,
    { configuration, storage, queues, redaction }: DeadLettersArgs,
    options: pulumi.ComponentResourceOptions,
  ) {
    super("floodgate:infra:DeadLetters", name, {}, options);
    this.park = new LambdaFunction(
      "park-dead-letters",
      {
        environment: ParkDeadLettersEnvironment,
        variables: {
          ...redaction.variables,
          DELIVERIES_TABLE: storage.deliveries.name,
          FAILED_EVENTS_TABLE: storage.failedEvents.name,
          BUCKET: storage.bucket.bucket,
        },
        statements: pulumi
          .all([
            storage.deliveries.arn,
            storage.failedEvents.arn,
            storage.bucket.arn,
            pulumi.all(Object.values(queues).map(({ arn }) => arn)),
            redaction.statements,
          ])
          .apply(([deliveries, failedEvents, bucket, arns, redacts]) => [
            ...redacts,
            ...arns.map(consumeQueue),
            allow(["dynamodb:BatchGetItem"], [deliveries]),
            allow(["dynamodb:GetItem", "dynamodb:PutItem"], [failedEvents]),
            allow(["s3:PutObject"], [`${bucket}/failed/*`]),
          ]),
        timeoutSeconds: parkTimeoutSeconds,
        configuration,
      },
      { parent: this },
    ).function;
    for (const [queueName, queue] of Object.entries(queues)) {
      new aws.lambda.EventSourceMapping(
        queueName,
        {
          eventSourceArn: queue.arn,
          functionName: this.park.arn,
          // Alone, so that one that kills its reader takes no other along.
          batchSize: 1,
          functionResponseTypes: ["ReportBatchItemFailures"],
          // The lowest that Lambda takes: dead letters are few, or something is wrong that more containers do not mend.
          scalingConfig: { maximumConcurrency: 2 },
        },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}
