import { hash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Configuration } from "../configuration/schema.ts";
import { topicPolicy } from "../constructors/policies.ts";
import { type AlarmRow, alarmName, type ResourceName, type Watched } from "./alarm-row.ts";
import { alarmTable } from "./alarm-table.ts";
import { dashboardBody } from "./dashboard-body.ts";

/** Physical names by what alarms call them; what a stack does not have is left out with its alarms. */
type ResourceNames = Readonly<Partial<Record<ResourceName, pulumi.Output<string>>>>;

interface ObservabilityArgs {
  readonly configuration: Configuration;
  readonly names: ResourceNames;
}

/** Alarms for every documented failure mode to one topic, and a dashboard that tells the story from left to right. */
export class Observability extends pulumi.ComponentResource {
  readonly topic: aws.sns.Topic;
  private readonly names: ResourceNames;
  private readonly configuration: Configuration;

  constructor(name: string, { configuration, names }: ObservabilityArgs, options: pulumi.ComponentResourceOptions) {
    super("floodgate:infra:Observability", name, {}, options);
    this.names = names;
    this.configuration = configuration;
    this.topic = this.alarmTopic(configuration.alarms.email);
    for (const row of alarmTable) this.alarm(row);
    this.dashboard();
    this.registerOutputs({ topic: this.topic.arn });
  }

  /** Without KMS: alarms cannot publish to a topic under AWS's own key, and what they say is no secret. */
  private alarmTopic(email: string | null): aws.sns.Topic {
    const child = { parent: this };
    const topic = new aws.sns.Topic("alarms", {}, child);
    const account = aws.getCallerIdentityOutput({}, child).accountId;
    new aws.sns.TopicPolicy(
      "alarms",
      {
        arn: topic.arn,
        policy: pulumi.jsonStringify(pulumi.all([topic.arn, account]).apply(([arn, id]) => topicPolicy(arn, id))),
      },
      child,
    );
    if (email !== null) {
      new aws.sns.TopicSubscription("alarms", { topic: topic.arn, protocol: "email", endpoint: email }, child);
    }
    return topic;
  }

  /** One for each metric: a sum is silent until all of its metrics were published, which may be never. */
  private alarm(row: AlarmRow): void {
    if (row.isWanted?.(this.configuration) === false) return;
    if (row.needs !== undefined && this.names[row.needs] === undefined) return;
    for (const watched of row.watches) {
      const dimensions = this.dimensionsOf(watched);
      if (dimensions === undefined) continue;
      new aws.cloudwatch.MetricAlarm(
        alarmName(row, watched),
        {
          alarmDescription: `${row.meaning} First: ${row.firstCommand.replace("<stack>", pulumi.getStack())}`,
          namespace: watched.namespace,
          metricName: watched.metric,
          dimensions,
          statistic: row.statistic,
          period: row.periodSeconds,
          comparisonOperator: row.comparison,
          threshold: typeof row.threshold === "number" ? row.threshold : row.threshold(this.configuration),
          evaluationPeriods: row.periods,
          treatMissingData: row.isAlarmedBySilence === true ? "breaching" : "notBreaching",
          alarmActions: [this.topic.arn],
          okActions: [this.topic.arn],
        },
        { parent: this },
      );
    }
  }

  /** Undefined where the stack does not have what is watched. */
  private dimensionsOf({ dimension, within }: Watched): Record<string, pulumi.Output<string>> | undefined {
    const value = this.names[dimension.of];
    if (value === undefined) return undefined;
    const outer = within === undefined ? undefined : this.names[within.of];
    return {
      [dimension.name]: value,
      ...(within === undefined || outer === undefined ? {} : { [within.name]: outer }),
    };
  }

  private dashboard(): void {
    const region = aws.getRegionOutput({}, { parent: this }).region;
    const body = pulumi
      .all([pulumi.output(this.names), region])
      .apply(([names, regionName]) => dashboardBody(names, regionName));
    new aws.cloudwatch.Dashboard(
      "floodgate",
      {
        // Names of dashboards are the account's: the bus has one that is the stack's alone.
        dashboardName: (this.names.bus ?? pulumi.output("")).apply(
          (bus) => `floodgate-${pulumi.getStack()}-${hash("sha256", bus, "hex").slice(0, 6)}`,
        ),
        dashboardBody: pulumi.jsonStringify(body),
      },
      { parent: this, deleteBeforeReplace: true },
    );
  }
}
