import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PlanRedriveEnvironment } from "../src/runtime/environment.ts";
import { minutesOfDay, silenceMinutes } from "./alarms/silence-minutes.ts";
import type { Configuration } from "./configuration/schema.ts";
import { LambdaFunction } from "./constructors/lambda-function.ts";
import { allow } from "./constructors/policies.ts";
import { StateMachine } from "./constructors/state-machine.ts";
import type { Storage } from "./storage.ts";

interface RedriveArgs {
  readonly configuration: Configuration;
  readonly storage: Storage;
  readonly retry: aws.sfn.StateMachine;
  readonly mapping: aws.lambda.EventSourceMapping;
}

/** When silence is counted; without a zone it is not. */
const watchVariables = ({ alarms, source }: Configuration) => {
  const { zone, from, to, days } = alarms.silence;
  return {
    WATCH_ZONE: silenceMinutes({ alarms, source }) === 0 ? "" : zone,
    WATCH_FROM: String(minutesOfDay(from)),
    WATCH_TO: String(minutesOfDay(to)),
    WATCH_DAYS: days.join(","),
  };
};

/** Every minute: what is due goes back, and the event source mapping is paused and resumed as the breakers say. */
export class Redrive extends pulumi.ComponentResource {
  readonly machine: aws.sfn.StateMachine;
  readonly plan: aws.lambda.Function;

  constructor(name: string, args: RedriveArgs, options: pulumi.ComponentResourceOptions) {
    super("floodgate:infra:Redrive", name, {}, options);
    this.plan = this.planFunction(args).function;
    const plan = this.plan;
    this.machine = new StateMachine(
      "redrive-failed-events",
      {
        configuration: args.configuration,
        values: {
          PlanRedriveFunctionArn: plan.arn,
          RetryFailedEventsArn: args.retry.arn,
          EventSourceMappingId: args.mapping.id,
        },
        statements: pulumi
          .all([plan.arn, args.retry.arn, args.mapping.arn])
          .apply(([planArn, retryArn, mappingArn]) => [
            allow(["lambda:InvokeFunction"], [planArn]),
            allow(["states:StartExecution"], [retryArn]),
            allow(["lambda:GetEventSourceMapping", "lambda:UpdateEventSourceMapping"], [mappingArn]),
          ]),
      },
      { parent: this },
    ).machine;
    this.registerOutputs({ machine: this.machine.arn });
  }

  private planFunction({ configuration, storage }: RedriveArgs) {
    return new LambdaFunction(
      "plan-redrive",
      {
        environment: PlanRedriveEnvironment,
        variables: {
          FAILED_EVENTS_TABLE: storage.failedEvents.name,
          BUCKET: storage.bucket.bucket,
          ...watchVariables(configuration),
        },
        statements: pulumi
          .all([storage.failedEvents.arn, storage.bucket.arn])
          .apply(([table, bucket]) => [
            allow(["dynamodb:Query"], [`${table}/index/due`]),
            allow(["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"], [table]),
            allow(["s3:ListBucket"], [bucket]),
          ]),
        timeoutSeconds: 15,
        configuration,
      },
      { parent: this },
    );
  }
}
