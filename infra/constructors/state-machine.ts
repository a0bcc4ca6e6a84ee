import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Configuration } from "../configuration/schema.ts";
import { allow, type Statement, trust } from "./policies.ts";
import { renderDefinition } from "./render-definition.ts";
import { roleWithPolicy } from "./role.ts";

interface StateMachineArgs {
  /** `STANDARD` for one that waits for what takes longer than five minutes; absent: `EXPRESS`. */
  readonly type?: "STANDARD";
  /** Values of the placeholders in `statemachines/<name>.asl.json`. */
  readonly values: Readonly<Record<string, pulumi.Input<string>>>;
  readonly statements: pulumi.Input<ReadonlyArray<Statement>>;
  readonly configuration: Pick<Configuration, "logs" | "permissionsBoundary" | "lambda">;
}

/** What delivering logs asks for; AWS offers nothing narrower than `*` for these (Step Functions guide, cw-logs). */
const deliverLogs = allow(
  [
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
  ],
  ["*"],
);

/** What tracing asks for; X-Ray has no resources to narrow this to (Step Functions guide, xray). */
const sendMachineTraces = allow(
  ["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"],
  ["*"],
);

/** A state machine made of `statemachines/<name>.asl.json`, with its own role and log group. */
export class StateMachine extends pulumi.ComponentResource {
  readonly machine: aws.sfn.StateMachine;

  constructor(name: string, args: StateMachineArgs, options: pulumi.ComponentResourceOptions) {
    super("floodgate:infra:StateMachine", name, {}, options);
    const child = { parent: this };
    const { logs, permissionsBoundary, lambda } = args.configuration;
    const logGroup = new aws.cloudwatch.LogGroup(
      name,
      // Under this prefix the log group needs no entry of its own in the region's resource policy, which is small.
      {
        namePrefix: `/aws/vendedlogs/states/${pulumi.getProject()}-${pulumi.getStack()}-${name}-`,
        retentionInDays: logs.retentionDays,
      },
      child,
    );
    const { role, ready } = roleWithPolicy(
      name,
      {
        trust: aws
          .getCallerIdentityOutput({}, child)
          .accountId.apply((id) => trust("states.amazonaws.com", { StringEquals: { "aws:SourceAccount": id } })),
        statements: pulumi
          .output(args.statements)
          .apply((own) => [...own, deliverLogs, ...(lambda.tracing ? [sendMachineTraces] : [])]),
        permissionsBoundary,
      },
      this,
    );
    const file = fileURLToPath(new URL(`../../statemachines/${name}.asl.json`, import.meta.url));
    this.machine = new aws.sfn.StateMachine(
      name,
      {
        type: args.type ?? "EXPRESS",
        roleArn: role.arn,
        definition: pulumi
          .output(args.values)
          .apply((values) => renderDefinition(name, readFileSync(file, "utf8"), values)),
        ...(lambda.tracing ? { tracingConfiguration: { enabled: true } } : {}),
        // Without execution data: states hold no events, and logs must not hold what states might.
        loggingConfiguration: {
          level: "ERROR",
          includeExecutionData: false,
          logDestination: pulumi.interpolate`${logGroup.arn}:*`,
        },
      },
      { ...child, dependsOn: [ready] },
    );
    this.registerOutputs({ arn: this.machine.arn });
  }
}
