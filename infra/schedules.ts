import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Configuration } from "./configuration/schema.ts";
import { allow, trust } from "./constructors/policies.ts";
import { roleWithPolicy } from "./constructors/role.ts";
import { allowSending, sqsQueue } from "./constructors/sqs-queue.ts";

interface SchedulesArgs {
  readonly configuration: Configuration;
  readonly refresh: aws.sfn.StateMachine | undefined;
  readonly redrive: aws.sfn.StateMachine;
  readonly compact: aws.sfn.StateMachine | undefined;
}

/**
 * A role that was made a moment ago may not be known everywhere: a run that cannot be started is tried again within its
 * own period. Once more would be no help: by then the next run is due.
 */
const retries = 2;

const minutesOfDay = 24 * 60;

/** What runs by the clock. A run that could not be started in its period is a dead letter for people: it is no event. */
export class Schedules extends pulumi.ComponentResource {
  private readonly group: aws.scheduler.ScheduleGroup;
  readonly deadLetters: aws.sqs.Queue;
  private readonly permissionsBoundary: string | null;

  constructor(
    name: string,
    { configuration, refresh, redrive, compact }: SchedulesArgs,
    options: pulumi.ComponentResourceOptions,
  ) {
    super("floodgate:infra:Schedules", name, {}, options);
    this.permissionsBoundary = configuration.permissionsBoundary;
    this.group = new aws.scheduler.ScheduleGroup("floodgate", {}, { parent: this });
    this.deadLetters = sqsQueue("schedule-dead-letters", {}, this);
    allowSending("schedule-dead-letters", this.deadLetters, undefined, this);
    const { refreshMinutes } = configuration.priorityMap;
    if (refresh !== undefined) this.schedule("refresh-queue-priorities", refresh, refreshMinutes);
    this.schedule("redrive-failed-events", redrive, 1);
    if (compact !== undefined) this.schedule("compact-events", compact, minutesOfDay);
    this.registerOutputs({});
  }

  /** A window of a minute spreads runs that need not be punctual; a minute's run has no room for one. */
  private schedule(name: string, machine: aws.sfn.StateMachine, minutes: number): void {
    const child = { parent: this };
    const account = aws.getCallerIdentityOutput({}, child).accountId;
    const { role, ready } = roleWithPolicy(
      `schedule-${name}`,
      {
        // Scheduler sends the ARN of the group, never that of the schedule.
        trust: pulumi.all([account, this.group.arn]).apply(([id, groupArn]) =>
          trust("scheduler.amazonaws.com", {
            StringEquals: { "aws:SourceAccount": id, "aws:SourceArn": groupArn },
          }),
        ),
        statements: pulumi
          .all([machine.arn, this.deadLetters.arn])
          .apply(([machineArn, queueArn]) => [
            allow(["states:StartExecution"], [machineArn]),
            allow(["sqs:SendMessage"], [queueArn]),
          ]),
        permissionsBoundary: this.permissionsBoundary,
      },
      this,
    );
    new aws.scheduler.Schedule(
      name,
      {
        groupName: this.group.name,
        scheduleExpression: minutes === 1 ? "rate(1 minute)" : `rate(${minutes} minutes)`,
        flexibleTimeWindow: minutes === 1 ? { mode: "OFF" } : { mode: "FLEXIBLE", maximumWindowInMinutes: 1 },
        target: {
          arn: machine.arn,
          roleArn: role.arn,
          input: "{}",
          retryPolicy: { maximumRetryAttempts: retries, maximumEventAgeInSeconds: Math.max(60, (minutes - 1) * 60) },
          deadLetterConfig: { arn: this.deadLetters.arn },
        },
      },
      { ...child, dependsOn: [ready] },
    );
  }
}
