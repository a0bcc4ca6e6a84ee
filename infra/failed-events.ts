import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type * as t from "io-ts";
import {
  ClaimFailedChunkEnvironment,
  DeliverFailedEventsEnvironment,
  EnrichFailedEventsEnvironment,
} from "../src/runtime/environment.ts";
import type { Configuration } from "./configuration/schema.ts";
import { enrichFailedConcurrency } from "./configuration/sizing.ts";
import { LambdaFunction, type LambdaFunctionArgs } from "./constructors/lambda-function.ts";
import { allow, type Statement } from "./constructors/policies.ts";
import { retryBytesPerSecond } from "./constructors/quota-shares.ts";
import { StateMachine } from "./constructors/state-machine.ts";
import type { Delivery } from "./delivery.ts";
import type { Genesys } from "./genesys.ts";
import type { Redaction } from "./redaction.ts";
import type { Storage } from "./storage.ts";

interface FailedEventsArgs {
  readonly configuration: Configuration;
  readonly storage: Storage;
  readonly delivery: Delivery;
  readonly genesys: Genesys;
  readonly redaction: Redaction;
}

type Given<C extends t.Any> = Pick<
  LambdaFunctionArgs<C>,
  "environment" | "variables" | "statements" | "timeoutSeconds"
> & {
  readonly reservedConcurrency?: number;
};

/** Tables in which names are remembered, one for each kind: what a function is told of them, and their ARNs. */
const cacheVariables = ({ users }: Storage) => ({ USERS_TABLE: users.name });
export const cacheTables = ({ users }: Storage): pulumi.Output<string[]> => pulumi.all([users.arn]);

/** What every part that enriches and delivers is given: the same variables for process-batch and for retries. */
export const deliveringVariables = ({ configuration, storage, delivery, genesys }: FailedEventsArgs) => ({
  DELIVERIES_TABLE: storage.deliveries.name,
  FAILED_EVENTS_TABLE: storage.failedEvents.name,
  BUCKET: storage.bucket.bucket,
  DELIVERY_STREAM: delivery.stream.name,
  ...cacheVariables(storage),
  QUEUE_PRIORITIES_TABLE: storage.queuePriorities.name,
  ENRICHMENT_MODE: genesys.isConfigured ? configuration.enrichment.mode : "off",
  ENRICHMENT_MAX_DELAY_SECONDS: String(configuration.enrichment.maxDelayMinutes * 60),
});

/** Reading, opening, probing and closing a breaker. */
export const breakerActions = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"];

/** What every part that enriches and delivers may do. */
export const deliveringStatements = ({
  storage,
  delivery,
}: FailedEventsArgs): pulumi.Output<ReadonlyArray<Statement>> =>
  pulumi
    .all([storage.deliveries.arn, cacheTables(storage), storage.queuePriorities.arn, delivery.stream.arn])
    .apply(([deliveries, caches, queuePriorities, stream]) => [
      allow(["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"], [deliveries]),
      allow(["dynamodb:BatchGetItem"], caches),
      allow(["dynamodb:GetItem", "dynamodb:Query"], [queuePriorities]),
      allow(["firehose:PutRecordBatch"], [stream]),
    ]);

/** The way back for one failed chunk: the machine retry-failed-events with its functions. */
export class FailedEvents extends pulumi.ComponentResource {
  readonly retry: StateMachine;
  readonly deliver: aws.lambda.Function;
  private readonly args: FailedEventsArgs;

  constructor(name: string, args: FailedEventsArgs, options: pulumi.ComponentResourceOptions) {
    super("floodgate:infra:FailedEvents", name, {}, options);
    this.args = args;
    this.deliver = this.deliverFunction();
    this.retry = this.retryMachine();
    this.registerOutputs({ retry: this.retry.machine.arn });
  }

  private lambda<C extends t.Any>(name: string, given: Given<C>): aws.lambda.Function {
    const { configuration } = this.args;
    return new LambdaFunction<C>(name, { configuration, ...given }, { parent: this }).function;
  }

  private onFailedEvents(tableActions: ReadonlyArray<string>, objectActions: ReadonlyArray<string>) {
    const { failedEvents, bucket } = this.args.storage;
    return pulumi.all([failedEvents.arn, bucket.arn]).apply(([table, bucketArn]) => [
      allow(tableActions, [table]),
      ...(objectActions.length === 0 ? [] : [allow(objectActions, [`${bucketArn}/failed/*`])]),
      // Without it S3 says of an object that is gone that it is forbidden, and its chunk would be tried for ever.
      ...(objectActions.includes("s3:GetObject") ? [allow(["s3:ListBucket"], [bucketArn])] : []),
    ]);
  }

  private place() {
    const { failedEvents, bucket } = this.args.storage;
    return { FAILED_EVENTS_TABLE: failedEvents.name, BUCKET: bucket.bucket };
  }

  private retryMachine(): StateMachine {
    const claim = this.lambda("claim-failed-chunk", {
      environment: ClaimFailedChunkEnvironment,
      variables: this.place(),
      statements: this.onFailedEvents(["dynamodb:UpdateItem"], []),
      timeoutSeconds: 10,
    });
    const functions = { claim, enrich: this.enrichFunction(), deliver: this.deliver };
    return new StateMachine(
      "retry-failed-events",
      {
        values: {
          ClaimFailedChunkFunctionArn: functions.claim.arn,
          EnrichFailedEventsFunctionArn: functions.enrich.arn,
          DeliverFailedEventsFunctionArn: functions.deliver.arn,
        },
        statements: pulumi
          .all(Object.values(functions).map(({ arn }) => arn))
          .apply((arns) => [allow(["lambda:InvokeFunction"], arns)]),
        configuration: this.args.configuration,
      },
      { parent: this },
    );
  }

  private enrichFunction(): aws.lambda.Function {
    const { storage, genesys } = this.args;
    return this.lambda("enrich-failed-events", {
      environment: EnrichFailedEventsEnvironment,
      variables: {
        ...this.place(),
        ...genesys.variables,
        ...cacheVariables(storage),
        ENRICHMENT_MODE: deliveringVariables(this.args).ENRICHMENT_MODE,
      },
      statements: pulumi
        .all([this.onFailedEvents(breakerActions, ["s3:GetObject"]), cacheTables(storage), genesys.secretArn])
        .apply(([own, caches, secret]) => [
          ...own,
          allow(["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"], caches),
          ...(genesys.isConfigured ? [allow(["secretsmanager:GetSecretValue"], [secret])] : []),
        ]),
      timeoutSeconds: 20,
      reservedConcurrency: enrichFailedConcurrency,
    });
  }

  private deliverFunction(): aws.lambda.Function {
    const { configuration } = this.args;
    return this.lambda("deliver-failed-events", {
      environment: DeliverFailedEventsEnvironment,
      variables: {
        ...deliveringVariables(this.args),
        ...this.args.redaction.variables,
        MAXIMUM_EVENT_AGE_DAYS: String(configuration.retry.maximumEventAgeDays),
        DELIVERY_BYTES_PER_SECOND: String(retryBytesPerSecond(configuration)),
      },
      statements: pulumi
        .all([
          this.onFailedEvents(
            ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
            ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
          ),
          deliveringStatements(this.args),
          this.args.redaction.statements,
        ])
        .apply(([own, delivering, redacts]) => [...own, ...delivering, ...redacts]),
      timeoutSeconds: 40,
    });
  }
}
